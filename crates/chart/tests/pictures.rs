//! Every figure as SVG and as PNG, with the data that real runs bring.

mod samples;

use assay_chart::{Error, Palette, Rgb, png, svg};
use assay_core::Code;
use assay_core::chart::{Axis, CHART_SCHEMA, ChartSpec, Figure, Limit, Scale, Theme};
use roxmltree::{Document, Node};
use samples::{bars, noise, series, spec};

const THEMES: [Theme; 2] = [Theme::Light, Theme::Dark];

fn hex(Rgb(r, g, b): Rgb) -> String {
    format!("#{r:02X}{g:02X}{b:02X}")
}

fn texts(document: &Document) -> Vec<String> {
    let text = |n: Node| n.text().unwrap_or_default().trim().to_owned();
    document
        .descendants()
        .filter(|n| n.has_tag_name("text"))
        .map(text)
        .collect()
}

fn count(document: &Document, tag: &str, attribute: (&str, &str)) -> usize {
    let (name, value) = attribute;
    document
        .descendants()
        .filter(|n| n.has_tag_name(tag) && n.attribute(name) == Some(value))
        .count()
}

fn lines(series: Vec<assay_core::chart::Series>) -> Figure {
    Figure::Lines {
        x: Axis::linear("x"),
        y: Axis::linear("y"),
        series,
        limits: vec![],
        diagonal: false,
    }
}

#[test]
fn every_figure_is_a_self_contained_document_in_both_themes() {
    for (name, spec) in samples::all() {
        for theme in THEMES {
            let text = svg(&spec, theme, 800, 500).unwrap();
            assert!(text.len() < 100_000, "{name}: {} bytes", text.len());
            let document = Document::parse(&text).unwrap();
            let root = document.root_element();
            assert_eq!(root.attribute("width"), Some("800"));
            assert_eq!(root.attribute("viewBox"), Some("0 0 8000 5000"));
            let families = root.attribute("font-family").unwrap();
            assert!(families.starts_with("Inter") && families.ends_with("sans-serif"));
            for reference in ["href", "url(", "<style", "<image", "<script"] {
                assert!(!text.contains(reference), "{name}: {reference}");
            }
            // the page of the theme, and the title in ink on it
            let page = document
                .descendants()
                .find(|n| n.has_tag_name("rect"))
                .unwrap();
            let palette = Palette::of(theme);
            assert_eq!(page.attribute("fill"), Some(hex(palette.bg).as_str()));
            let title = document
                .descendants()
                .find(|n| n.has_tag_name("text"))
                .unwrap();
            assert_eq!(title.text().unwrap().trim(), spec.title);
            assert_eq!(title.attribute("fill"), Some(hex(palette.ink).as_str()));
            assert_eq!(title.attribute("font-weight"), Some("600"));
        }
    }
}

#[test]
fn the_same_spec_gives_the_same_bytes() {
    for (name, spec) in samples::all() {
        let twice = [(); 2].map(|()| svg(&spec, Theme::Light, 640, 400).unwrap());
        assert_eq!(twice[0], twice[1], "{name}");
    }
    let spec = samples::metrics();
    assert_eq!(
        png(&spec, Theme::Dark, 400, 300).unwrap(),
        png(&spec, Theme::Dark, 400, 300).unwrap()
    );
}

#[test]
fn a_png_has_the_size_that_was_asked_for_and_the_page_of_its_theme() {
    for (size, theme) in [
        ((800, 500), Theme::Light),
        ((1600, 1000), Theme::Dark),
        ((101, 333), Theme::Light),
    ] {
        let bytes = png(&samples::performance(), theme, size.0, size.1).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
            .read_info()
            .unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((info.width, info.height), size);
        let Rgb(r, g, b) = Palette::of(theme).bg;
        assert_eq!(pixels[..3], [r, g, b]);
        // something is drawn in the first two categories
        for category in [1, 2] {
            let Rgb(r, g, b) = Palette::of(theme).category(category);
            assert!(pixels.chunks(4).any(|p| p[..3] == [r, g, b]), "{size:?}");
        }
    }
}

#[test]
fn lines_stand_on_round_ticks_with_a_horizontal_grid() {
    let text = svg(&samples::curves(), Theme::Light, 800, 500).unwrap();
    let document = Document::parse(&text).unwrap();
    let palette = Palette::of(Theme::Light);
    assert_eq!(count(&document, "rect", ("fill", &hex(palette.line))), 5);
    for (category, name) in [
        (1, "lgbm-10"),
        (2, "lgbm-03"),
        (3, "lgbm-09"),
        (4, "forest-200"),
    ] {
        let color = hex(palette.category(category));
        let line = document
            .descendants()
            .find(|n| n.has_tag_name("polyline") && n.attribute("stroke") == Some(&color))
            .unwrap();
        assert_eq!(line.attribute("stroke-width"), Some("15"));
        // the name stands at the end of its line, in its colour
        let label = document
            .descendants()
            .find(|n| n.text().is_some_and(|t| t.trim() == name))
            .unwrap();
        assert_eq!(label.attribute("fill"), Some(color.as_str()));
        assert_eq!(label.attribute("font-size"), Some("105"));
    }
    let texts = texts(&document);
    for expected in [
        "0.4",
        "0.5",
        "0.6",
        "0.7",
        "0.8",
        "iteration",
        "log loss",
        "4 runs",
    ] {
        assert!(
            texts.iter().any(|t| t == expected),
            "{expected} of {texts:?}"
        );
    }
}

#[test]
fn names_that_collide_move_into_a_legend() {
    let text = svg(&samples::roc(), Theme::Light, 800, 500).unwrap();
    let document = Document::parse(&text).unwrap();
    let ink = hex(Palette::of(Theme::Light).ink_2);
    assert_eq!(count(&document, "text", ("fill", &ink)), 4);
    // the diagonal is dashed
    let axis = hex(Palette::of(Theme::Light).line_axis);
    assert!(count(&document, "line", ("stroke", &axis)) > 50);
}

#[test]
fn a_limit_is_dashed_and_named_and_bands_are_faint() {
    let text = svg(&samples::performance(), Theme::Light, 800, 500).unwrap();
    let document = Document::parse(&text).unwrap();
    let critical = hex(Palette::of(Theme::Light).critical);
    assert!(count(&document, "line", ("stroke", &critical)) > 50);
    assert_eq!(count(&document, "polygon", ("opacity", "0.13")), 1);
    assert!(texts(&document).contains(&"floor 0.75".to_owned()));
    // the gap of the second series cuts its line in two
    let second = hex(Palette::of(Theme::Light).category(2));
    assert_eq!(count(&document, "polyline", ("stroke", &second)), 2);
}

#[test]
fn a_confusion_matrix_writes_every_count() {
    let Figure::Confusion { counts, .. } = samples::confusion(3).figure else {
        unreachable!()
    };
    let text = svg(&samples::confusion(3), Theme::Light, 800, 500).unwrap();
    let texts = texts(&Document::parse(&text).unwrap());
    for value in counts.iter().flatten() {
        assert!(texts.contains(&value.to_string()), "{value} of {texts:?}");
    }
    for word in ["true", "predicted", "Adelie", "Chinstrap", "Gentoo"] {
        assert!(texts.iter().any(|t| t == word), "{word}");
    }
}

#[test]
fn a_heat_map_is_grey_within_the_threshold_and_leaves_gaps_open() {
    let figure = Figure::HeatMap {
        rows: vec!["age".to_owned(), "sex".to_owned()],
        columns: (0..4).map(|i| i.to_string()).collect(),
        values: vec![
            Some(0.01),
            Some(0.09),
            None,
            Some(0.4),
            Some(0.0),
            None,
            Some(0.9),
            Some(f64::NAN),
        ],
        over: vec![false, false, false, true, false, false, true, false],
        threshold: 0.1,
    };
    let text = svg(&spec("Drift", "", figure), Theme::Light, 600, 300).unwrap();
    let document = Document::parse(&text).unwrap();
    let palette = Palette::of(Theme::Light);
    // one swatch of each in the legend
    let cells = |color: Rgb| count(&document, "rect", ("fill", &hex(color))) - 1;
    assert_eq!(cells(palette.neutral[0]), 2);
    assert_eq!(cells(palette.neutral[3]), 1);
    assert_eq!(cells(palette.heat_cell(0.4, true, 0.1, 1.0)), 1);
    assert_eq!(cells(palette.heat_cell(0.9, true, 0.1, 1.0)), 1);
    // a dot where a value is missing, an underline under each drifted run and under the ramp
    assert_eq!(
        count(&document, "circle", ("fill", &hex(palette.line_2))),
        3
    );
    assert_eq!(count(&document, "rect", ("fill", &hex(palette.ink))), 3);
    assert!(texts(&document).contains(&"within 0.1".to_owned()));
}

#[test]
fn ten_thousand_noisy_points_stay_small_and_keep_their_spike() {
    let x: Vec<f64> = (0..10_000).map(f64::from).collect();
    let many: Vec<_> = (0..8u8)
        .map(|k| {
            let mut y: Vec<f64> = (0..10_000)
                .map(|i| noise(i + 20_000 * usize::from(k)))
                .collect();
            y[5_000] = 50.0;
            series(&format!("run {k}"), k + 1, x.clone(), y)
        })
        .collect();
    let text = svg(&spec("Noise", "", lines(many)), Theme::Light, 1200, 700).unwrap();
    assert!(text.len() < 300_000, "{} bytes", text.len());
    let document = Document::parse(&text).unwrap();
    let highest = |n: &Node| {
        let points = n.attribute("points").unwrap_or_default().split_whitespace();
        points
            .filter_map(|p| p.split_once(',')?.1.parse::<i32>().ok())
            .min()
    };
    let tops: Vec<Option<i32>> = document
        .descendants()
        .filter(|n| n.has_tag_name("polyline"))
        .map(|n| highest(&n))
        .collect();
    assert_eq!(tops.len(), 8);
    assert!(
        tops.iter()
            .all(|t| *t == tops[0] && t.is_some_and(|y| y < 1_500)),
        "{tops:?}"
    );
}

#[test]
fn text_is_escaped_and_control_characters_are_dropped() {
    let name = "<b>\"R&D\" \u{1}\u{8}</b> 'x' \u{fffe}";
    let figure = Figure::Bars {
        categories: vec![name.to_owned(), "naïve Größe".to_owned()],
        y: Axis::linear(name),
        series: vec![
            bars(name, 1, vec![Some(1.0), Some(2.0)]),
            bars("b", 2, vec![Some(2.0)]),
        ],
    };
    let text = svg(&spec(name, name, figure), Theme::Light, 1600, 600).unwrap();
    let document = Document::parse(&text).unwrap();
    let texts = texts(&document);
    assert_eq!(
        texts.iter().filter(|t| t.starts_with("<b>\"R&D\"")).count(),
        5,
        "{texts:?}"
    );
    assert!(texts.iter().any(|t| t == "naïve Größe"));
}

/// What runs bring that nobody draws on purpose.
fn odd() -> Vec<(&'static str, Figure)> {
    let nan = f64::NAN;
    let log = |title: &str| Axis {
        scale: Scale::Log,
        ..Axis::linear(title)
    };
    let long = "a_very_long_name_".repeat(40);
    let hundred_thousand: Vec<f64> = (0..100_000).map(|i| noise(i) * 1e9).collect();
    let x: Vec<f64> = (0..100_000).map(f64::from).collect();
    let classes = |n: usize| {
        (0..n)
            .map(|i| format!("{long}{i}"))
            .collect::<Vec<String>>()
    };
    let mut banded = series(
        "banded",
        1,
        vec![0.0, 1.0, 2.0, 3.0],
        vec![1.0, nan, 2.0, 3.0],
    );
    banded.low = vec![0.0, nan, 1.0];
    banded.high = vec![2.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    vec![
        (
            "one point",
            lines(vec![series("one", 1, vec![3.0], vec![7.0])]),
        ),
        (
            "one value",
            lines(vec![series("flat", 9, vec![0.0, 1.0], vec![0.0, 0.0])]),
        ),
        (
            "gaps",
            lines(vec![series(
                "gaps",
                0,
                vec![0.0, nan, 2.0, 3.0],
                vec![1.0, 1.0, f64::INFINITY, 2.0],
            )]),
        ),
        (
            "an empty series beside one",
            lines(vec![
                series("", 1, vec![], vec![]),
                series("b", 2, vec![1.0], vec![1.0]),
            ]),
        ),
        (
            "ragged",
            lines(vec![series("ragged", 1, vec![0.0, 1.0, 2.0], vec![4.0])]),
        ),
        ("ragged bands", lines(vec![banded])),
        (
            "many points",
            lines(vec![series("many", 1, x.clone(), hundred_thousand.clone())]),
        ),
        (
            "shuffled x",
            lines(vec![series("shuffled", 1, hundred_thousand, x)]),
        ),
        (
            "long names",
            lines(
                (0..30)
                    .map(|i| series(&long, i, vec![0.0, 1.0], vec![1.0, 1.0]))
                    .collect(),
            ),
        ),
        (
            "huge and tiny",
            lines(vec![series(
                "h",
                1,
                vec![-1e308, 1e308, 0.0],
                vec![1e300, -1e300, 1e-308],
            )]),
        ),
        (
            "log of nothing positive but one",
            Figure::Lines {
                x: log("x"),
                y: log("y"),
                series: vec![series("l", 1, vec![-1.0, 0.0, 5.0], vec![1.0, 1.0, 1e-7])],
                limits: vec![
                    Limit {
                        name: long.clone(),
                        value: nan,
                    },
                    Limit {
                        name: "l".to_owned(),
                        value: 2.0,
                    },
                ],
                diagonal: true,
            },
        ),
        (
            "axes that exclude the data",
            Figure::Lines {
                x: Axis::between("x", 5.0, 6.0),
                y: Axis {
                    min: Some(9.0),
                    max: Some(-9.0),
                    ..Axis::linear(&long)
                },
                series: vec![series("away", 1, vec![0.0, 1.0], vec![3.0, 4.0])],
                limits: vec![],
                diagonal: false,
            },
        ),
        (
            "a hundred bars",
            Figure::Bars {
                categories: (0..100).map(|i| i.to_string()).collect(),
                y: log("y"),
                series: vec![bars(
                    "b",
                    1,
                    (0..200)
                        .map(|i| (i % 3 > 0).then_some(f64::from(i)))
                        .collect(),
                )],
            },
        ),
        (
            "long categories",
            Figure::Bars {
                categories: classes(20),
                y: Axis::linear(""),
                series: (0..12)
                    .map(|i| bars(&long, i, vec![Some(-1.0), Some(nan), Some(1e300)]))
                    .collect(),
            },
        ),
        (
            "edges that fall",
            Figure::Histogram {
                x: log("x"),
                edges: vec![3.0, 1.0, 2.0, 2.0, nan, 9.0, 10.0],
                series: vec![
                    bars("a", 1, vec![Some(0.1); 20]),
                    bars("b", 2, vec![None, Some(-1.0), Some(nan)]),
                ],
            },
        ),
        (
            "ragged counts",
            Figure::Confusion {
                classes: classes(20),
                counts: vec![vec![], vec![u64::MAX, u64::MAX]],
            },
        ),
        (
            "one class",
            Figure::Confusion {
                classes: vec![String::new()],
                counts: vec![vec![1]],
            },
        ),
        (
            "many windows",
            Figure::HeatMap {
                rows: classes(12),
                columns: (0..5_000).map(|i| i.to_string()).collect(),
                values: (0..60_000)
                    .map(|i| (i % 11 > 0).then(|| noise(i).abs()))
                    .collect(),
                over: (0..59_000).map(|i| i % 7 == 0).collect(),
                threshold: 0.0,
            },
        ),
        (
            "one cell",
            Figure::HeatMap {
                rows: vec!["r".to_owned()],
                columns: vec!["c".to_owned()],
                values: vec![Some(1e9)],
                over: vec![true],
                threshold: nan,
            },
        ),
    ]
}

#[test]
fn odd_data_is_drawn_at_any_size() {
    for (name, figure) in odd() {
        let spec = spec(&"A title ".repeat(30), name, figure);
        for (width, height) in [(100, 100), (800, 500), (100, 8_000), (8_000, 100)] {
            let text =
                svg(&spec, Theme::Dark, width, height).unwrap_or_else(|e| panic!("{name}: {e}"));
            Document::parse(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert!(!text.contains("NaN"), "{name}");
        }
        assert!(
            png(&spec, Theme::Light, 200, 150).is_ok_and(|bytes| bytes.len() > 500),
            "{name}"
        );
    }
}

#[test]
fn what_cannot_be_drawn_says_why() {
    let empty = |figure| spec("Empty", "", figure);
    let nan = f64::NAN;
    for (spec, message) in [
        (
            empty(lines(vec![])),
            "the chart `Empty` is empty: there is no point with a finite x and y",
        ),
        (
            empty(lines(vec![series("a", 1, vec![nan, 1.0], vec![1.0, nan])])),
            "the chart `Empty` is empty: there is no point with a finite x and y",
        ),
        (
            empty(Figure::Bars {
                categories: vec![],
                y: Axis::linear(""),
                series: vec![bars("a", 1, vec![Some(1.0)])],
            }),
            "the chart `Empty` is empty: there is no finite value in any category",
        ),
        (
            empty(Figure::Histogram {
                x: Axis::linear(""),
                edges: vec![1.0],
                series: vec![bars("a", 1, vec![Some(1.0)])],
            }),
            "the chart `Empty` is empty: there is no bin with finite edges and a share",
        ),
        (
            empty(Figure::Confusion {
                classes: vec!["a".to_owned()],
                counts: vec![vec![0]],
            }),
            "the chart `Empty` is empty: there is no row that was counted",
        ),
        (
            empty(Figure::HeatMap {
                rows: vec!["a".to_owned()],
                columns: vec![],
                values: vec![],
                over: vec![],
                threshold: 0.1,
            }),
            "the chart `Empty` is empty: there is no window with a distance",
        ),
    ] {
        let error = svg(&spec, Theme::Light, 800, 500).unwrap_err();
        assert_eq!(error.to_string(), message);
        assert_eq!(error.code(), Code::Invalid);
        assert!(error.hint().is_some());
        assert_eq!(png(&spec, Theme::Light, 800, 500).unwrap_err(), error);
    }
}

#[test]
fn sizes_and_schemas_are_checked() {
    let spec = samples::histogram();
    for (width, height) in [(99, 500), (800, 0), (8_001, 500), (u32::MAX, u32::MAX)] {
        let error = png(&spec, Theme::Light, width, height).unwrap_err();
        assert_eq!(error, Error::Size { width, height });
        assert_eq!(error.code(), Code::Invalid);
    }
    let newer = ChartSpec {
        schema: CHART_SCHEMA + 1,
        ..spec
    };
    let error = svg(&newer, Theme::Light, 800, 500).unwrap_err();
    assert_eq!(error.code(), Code::NewerData);
}

#[test]
fn a_small_picture_is_this_document() {
    let figure = Figure::Bars {
        categories: vec!["accuracy".to_owned(), "f1".to_owned()],
        y: Axis::between("", 0.0, 1.0),
        series: vec![bars("run", 1, vec![Some(0.875), Some(0.5)])],
    };
    let text = svg(&spec("Metrics", "1 run", figure), Theme::Light, 300, 200).unwrap();
    insta::assert_snapshot!(text);
}
