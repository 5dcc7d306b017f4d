//! One spec of every figure, from fixed formulas.

use assay_core::chart::{Axis, BarSeries, CHART_SCHEMA, ChartSpec, Figure, Limit, Scale, Series};

/// Every sample under its name.
pub fn all() -> Vec<(&'static str, ChartSpec)> {
    vec![
        ("curves", curves()),
        ("loss_log", loss_log()),
        ("roc", roc()),
        ("performance", performance()),
        ("metrics", metrics()),
        ("many_categories", many_categories()),
        ("histogram", histogram()),
        ("overlay", overlay()),
        ("confusion", confusion(3)),
        ("confusion_of_20", confusion(20)),
        ("drift", drift()),
    ]
}

pub fn spec(title: &str, subtitle: &str, figure: Figure) -> ChartSpec {
    ChartSpec {
        schema: CHART_SCHEMA,
        title: title.to_owned(),
        subtitle: subtitle.to_owned(),
        figure,
    }
}

/// Noise between -0.5 and 0.5, the same on every system.
pub fn noise(i: usize) -> f64 {
    let mut h = i as u64 ^ 0x9e37_79b9_7f4a_7c15;
    h = (h ^ (h >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    h = (h ^ (h >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((h ^ (h >> 31)) >> 11) as f64 / (1u64 << 53) as f64 - 0.5
}

pub fn series(name: &str, color: u8, x: Vec<f64>, y: Vec<f64>) -> Series {
    Series {
        name: name.to_owned(),
        color,
        x,
        y,
        low: Vec::new(),
        high: Vec::new(),
    }
}

pub fn curves() -> ChartSpec {
    let x: Vec<f64> = (0..200).map(f64::from).collect();
    let curve = |k: usize, rate: f64, floor: f64| -> Vec<f64> {
        let at = |i: usize| floor + 0.4 * (-rate * i as f64).exp() + 0.02 * noise(i + 1000 * k);
        (0..200).map(at).collect()
    };
    let series = vec![
        series("lgbm-10", 1, x.clone(), curve(1, 0.08, 0.36)),
        series("lgbm-03", 2, x.clone(), curve(2, 0.02, 0.39)),
        series("lgbm-09", 3, x.clone(), curve(3, 0.2, 0.43)),
        series("forest-200", 4, x, curve(4, 0.06, 0.40)),
    ];
    let figure = Figure::Lines {
        x: Axis::linear("iteration"),
        y: Axis::linear("log loss"),
        series,
        limits: vec![],
        diagonal: false,
    };
    spec("valid.log_loss", "4 runs", figure)
}

pub fn loss_log() -> ChartSpec {
    let x: Vec<f64> = (1..=10_000).map(f64::from).collect();
    let at = |i: usize| {
        let spike = if i == 7_000 { 8.0 } else { 1.0 };
        (spike * (0.2 + noise(i).abs()) * 5.0 / (i as f64 + 5.0)).max(1e-9)
    };
    let y = (0..10_000).map(at).collect();
    let log = |title: &str| Axis {
        scale: Scale::Log,
        ..Axis::linear(title)
    };
    let figure = Figure::Lines {
        x: log("step"),
        y: log("train loss"),
        series: vec![series("sgd, batch 32", 1, x, y)],
        limits: vec![],
        diagonal: false,
    };
    spec("train.loss", "10,000 points", figure)
}

pub fn roc() -> ChartSpec {
    let curve = |power: f64| -> (Vec<f64>, Vec<f64>) {
        let x: Vec<f64> = (0..=100).map(|i| f64::from(i) / 100.0).collect();
        let y = x.iter().map(|v| v.powf(power)).collect();
        (x, y)
    };
    let run = |name: &str, color: u8, power: f64| {
        let (x, y) = curve(power);
        series(name, color, x, y)
    };
    let series = vec![
        run("lgbm-10  0.924", 1, 0.08),
        run("lgbm-03  0.914", 2, 0.1),
        run("lgbm-09  0.888", 3, 0.14),
        run("forest-200  0.904", 4, 0.12),
    ];
    let figure = Figure::Lines {
        x: Axis::between("false positive rate", 0.0, 1.0),
        y: Axis::between("true positive rate", 0.0, 1.0),
        series,
        limits: vec![],
        diagonal: true,
    };
    spec("ROC", "2,000 test rows", figure)
}

pub fn performance() -> ChartSpec {
    let x: Vec<f64> = (0..105).map(|i| 10_000.0 + 336.0 * f64::from(i)).collect();
    let accuracy = |k: usize| -> Vec<f64> {
        let at =
            |i: usize| 0.74 + 0.13 * (i as f64 / 17.0 + k as f64).cos() + 0.14 * noise(i + 500 * k);
        (0..105).map(at).collect()
    };
    let mut champion = series("champion @3", 1, x.clone(), accuracy(0));
    champion.low = champion.y.iter().map(|v| v - 0.045).collect();
    champion.high = champion.y.iter().map(|v| v + 0.045).collect();
    let mut challenger = series("challenger @4", 2, x, accuracy(1));
    challenger.y[40..44].fill(f64::NAN);
    let figure = Figure::Lines {
        x: Axis::linear("row of the log"),
        y: Axis::linear("accuracy"),
        series: vec![champion, challenger],
        limits: vec![Limit {
            name: "floor".to_owned(),
            value: 0.75,
        }],
        diagonal: false,
    };
    spec(
        "Accuracy per window",
        "with 95 % of sampling error, 105 windows of 336 rows",
        figure,
    )
}

pub fn bars(name: &str, color: u8, values: Vec<Option<f64>>) -> BarSeries {
    BarSeries {
        name: name.to_owned(),
        color,
        values,
    }
}

pub fn metrics() -> ChartSpec {
    let names = [
        "accuracy",
        "f1_macro",
        "precision",
        "recall",
        "roc_auc",
        "log_loss",
    ];
    let values = |k: usize| {
        (0..6)
            .map(|i| Some(0.85 + 0.2 * noise(i + 10 * k)))
            .collect()
    };
    let mut last: Vec<Option<f64>> = values(3);
    last[4] = None;
    let figure = Figure::Bars {
        categories: names.map(str::to_owned).to_vec(),
        y: Axis::linear(""),
        series: vec![
            bars("logistic_regression", 1, values(1)),
            bars("random_forest", 2, values(2)),
            bars("decision_tree", 3, last),
        ],
    };
    spec("Metrics", "3 runs, 69 test rows", figure)
}

pub fn many_categories() -> ChartSpec {
    let categories = (0..20)
        .map(|i| format!("occupation = Machine-operator-inspector {i}"))
        .collect();
    let values = (0..20).map(|i| Some(noise(i) * 3.0)).collect();
    let figure = Figure::Bars {
        categories,
        y: Axis::linear("coefficient"),
        series: vec![bars("weight", 1, values)],
    };
    spec("Coefficients", "the 20 largest of 104", figure)
}

fn bell(center: f64, n: usize) -> Vec<f64> {
    let height = |i: usize| (-((i as f64 - center) / 4.0).powi(2)).exp() + 0.05 * (0.5 + noise(i));
    let raw: Vec<f64> = (0..n).map(height).collect();
    let total: f64 = raw.iter().sum();
    raw.iter().map(|v| v / total).collect()
}

pub fn histogram() -> ChartSpec {
    let figure = Figure::Histogram {
        x: Axis::linear("flipper_length_mm"),
        edges: (0..=30).map(|i| 172.0 + 2.0 * f64::from(i)).collect(),
        series: vec![bars(
            "flipper_length_mm",
            1,
            bell(11.0, 30).into_iter().map(Some).collect(),
        )],
    };
    spec("flipper_length_mm", "342 rows, 2 missing", figure)
}

pub fn overlay() -> ChartSpec {
    let mut reference = vec![Some(0.0); 30];
    reference[8] = Some(1.0);
    let figure = Figure::Histogram {
        x: Axis::linear("vicprice"),
        edges: (0..=30).map(|i| 0.0004 * f64::from(i)).collect(),
        series: vec![
            bars("reference", 8, reference),
            bars(
                "window 23",
                2,
                bell(12.0, 30).into_iter().map(Some).collect(),
            ),
        ],
    };
    spec("vicprice", "window 23 against the reference", figure)
}

pub fn confusion(n: usize) -> ChartSpec {
    let classes: Vec<String> = match n {
        3 => ["Adelie", "Chinstrap", "Gentoo"]
            .map(str::to_owned)
            .to_vec(),
        _ => (0..n).map(|i| format!("class {i}")).collect(),
    };
    let count = |i: usize, j: usize| {
        let base = if i == j { 60.0 } else { 6.0 };
        (base * (0.5 + noise(i * n + j)).abs()) as u64
    };
    let counts = (0..n)
        .map(|i| (0..n).map(|j| count(i, j)).collect())
        .collect();
    spec(
        "Confusion",
        "test rows",
        Figure::Confusion { classes, counts },
    )
}

pub fn drift() -> ChartSpec {
    let names = [
        "vicprice",
        "vicdemand",
        "transfer",
        "nswprice",
        "nswdemand",
        "period",
        "score",
        "class",
    ];
    let threshold = 0.1;
    let value = |row: usize, window: usize| match (row, window) {
        (4, 60..=62) => None,
        (0..=2, 22..) => Some(0.75 + 0.5 * noise(row * 200 + window)),
        (3, 30..80) => Some(0.15 + 0.5 * noise(row * 200 + window).abs()),
        (6, 34..70) => Some(0.13 + 0.3 * noise(row * 200 + window).abs()),
        (0..=2 | 5, _) => Some(0.02 * noise(row * 200 + window).abs()),
        _ => Some(0.05 + 0.08 * noise(row * 200 + window)),
    };
    let cells = (0..8).flat_map(|row| (0..105).map(move |window| (row, window)));
    let values: Vec<Option<f64>> = cells.map(|(row, window)| value(row, window)).collect();
    let over = values
        .iter()
        .map(|v| v.is_some_and(|v| v > threshold))
        .collect();
    let figure = Figure::HeatMap {
        rows: names.map(str::to_owned).to_vec(),
        columns: (0..105).map(|i| (10_000 + 336 * i).to_string()).collect(),
        values,
        over,
        threshold,
    };
    spec(
        "Drift",
        "Jensen-Shannon distance, 105 windows of 336 rows",
        figure,
    )
}
