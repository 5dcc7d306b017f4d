//! `assay.toml`, the part of a lab that a person edits.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use assay_core::lab::{ServerSettings, Settings};
use assay_core::registry::Stage;

use crate::error::{Attempted, Error, Result};
use crate::store::Store;

const DEFAULT: &str = include_str!("settings_default.toml");

impl Store {
    /// # Errors
    /// [`Error::Settings`] with the line, for what is no TOML, an unknown key, a value out of range or a gate for a
    /// stage that does not exist.
    pub fn settings(&self) -> Result<Settings> {
        let path = self.layout.settings();
        let text = match std::fs::read_to_string(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            read => read.attempted(|| "reading `assay.toml`".to_owned())?,
        };
        parse(&text)
    }

    pub fn settings_path(&self) -> PathBuf {
        self.layout.settings()
    }

    /// Writes the part about servers; every other line stays as its editor left it.
    ///
    /// # Errors
    /// [`Error::Settings`] when the file cannot be read as it is.
    pub fn set_server_settings(&self, server: &ServerSettings) -> Result<()> {
        let lines = [
            ("port", format!("port = {}", server.port)),
            ("in_window", format!("in_window = {}", server.in_window)),
        ];
        self.set_lines("server", &lines)
    }

    /// Where the key is that new versions are signed with; the rest of the file stays.
    ///
    /// # Errors
    /// As [`Store::set_server_settings`].
    pub fn set_signing_key(&self, place: &str) -> Result<()> {
        let line = format!("key = {}", toml::Value::from(place));
        self.set_lines("signing", &[("key", line)])
    }

    /// Trusts a public key under a name, in place of the one that had it; the rest of the file stays.
    ///
    /// # Errors
    /// As [`Store::set_server_settings`].
    pub fn trust_key(&self, name: &str, public_key: &str) -> Result<()> {
        let name = toml::Value::from(name).to_string();
        let line = format!("{name} = {}", toml::Value::from(public_key));
        self.set_lines("signing.trusted", &[(name.as_str(), line)])
    }

    fn set_lines(&self, table: &str, lines: &[(&str, String)]) -> Result<()> {
        let path = self.layout.settings();
        let text = match std::fs::read_to_string(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            read => read.attempted(|| "reading `assay.toml`".to_owned())?,
        };
        parse(&text)?;
        let changed = with_lines(&text, table, lines);
        parse(&changed)?;
        let pending = path.with_extension("toml.new");
        std::fs::write(&pending, changed)
            .and_then(|()| std::fs::rename(&pending, &path))
            .attempted(|| "writing `assay.toml`".to_owned())
    }
}

/// The text with some keys of a table set: in the place of those that are there, else below the table's head, which
/// is written when it is missing.
fn with_lines(text: &str, table: &str, set: &[(&str, String)]) -> String {
    let mut missing = set.to_vec();
    let wanted = format!("[{table}]");
    let mut lines: Vec<String> = Vec::new();
    let mut head = None;
    let mut inside = false;
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with('[') {
            inside = trimmed.split('#').next().map(str::trim) == Some(wanted.as_str());
            if inside {
                head = Some(lines.len());
            }
        }
        let key = trimmed.split('=').next().unwrap_or_default().trim();
        match missing.iter().position(|(name, _)| inside && *name == key) {
            Some(at) => lines.push(missing.remove(at).1),
            None => lines.push(line.to_owned()),
        }
    }
    let below = match head {
        Some(head) => head + 1,
        None => {
            lines.push(format!("\n{wanted}"));
            lines.len()
        }
    };
    for (at, (_, line)) in missing.into_iter().enumerate() {
        lines.insert(below + at, line);
    }
    lines.join("\n") + "\n"
}

/// Keeps a file that is there.
pub(crate) fn write_default(path: &Path) -> Result<()> {
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        opened => opened
            .and_then(|mut file| {
                file.write_all(DEFAULT.as_bytes())?;
                file.sync_all()
            })
            .attempted(|| "writing `assay.toml`".to_owned()),
    }
}

pub(crate) fn parse(text: &str) -> Result<Settings> {
    let settings: Settings = toml::from_str(text).map_err(|error| Error::Settings {
        line: error.span().map_or(1, |span| line_of(text, span.start)),
        message: error.message().to_owned(),
    })?;
    for (stage, gate) in &settings.gate {
        stage.parse::<Stage>().map_err(|message| Error::Settings {
            line: line_with(text, stage),
            message,
        })?;
        if let Some(rule) = &gate.better_than {
            check_range(text, "margin", rule.margin, 0.0..=f64::MAX, "0 or more")?;
            check_range(
                text,
                "confidence",
                rule.confidence,
                0.5..=0.999,
                "from 0.5 to 0.999",
            )?;
        }
        if let Some(days) = gate.max_data_age_days {
            check_range(text, "max_data_age_days", days, 0.0..=f64::MAX, "0 or more")?;
        }
    }
    for (model, serve) in &settings.serve {
        if let Some((key, words)) = serve.out_of_range() {
            return Err(Error::Settings {
                line: line_with(text, key),
                message: format!("`{key}` of the model `{model}` must be {words}"),
            });
        }
    }
    if let Some(fault) = settings.drift.fault() {
        return Err(Error::Settings {
            line: line_with(text, &fault.key),
            message: fault.message,
        });
    }
    check_alerts(text, &settings)?;
    check_range(
        text,
        "sample",
        settings.predictions.sample,
        0.0..=1.0,
        "from 0 to 1",
    )?;
    Ok(settings)
}

fn check_alerts(text: &str, settings: &Settings) -> Result<()> {
    let wrong = |word: &str, message: String| Error::Settings {
        line: line_with(text, word),
        message,
    };
    for (place, rule) in settings.alert.iter().enumerate() {
        let name = &rule.name;
        // As it stands in the file: short names are parts of other words.
        let quoted = format!("\"{name}\"");
        if settings
            .alert
            .iter()
            .take(place)
            .any(|other| other.name == *name)
        {
            return Err(wrong(&quoted, format!("there are two alerts `{name}`")));
        }
        if let Some((key, words)) = rule.fault() {
            return Err(wrong(
                &quoted,
                format!("`{key}` of the alert `{name}` must be {words}"),
            ));
        }
        if let Some(unknown) = rule
            .webhooks
            .iter()
            .find(|own| !settings.webhook.contains_key(*own))
        {
            let message = format!(
                "the alert `{name}` names the webhook `{unknown}`, and there is no [webhook.{unknown}]"
            );
            return Err(wrong(unknown, message));
        }
    }
    for (name, webhook) in &settings.webhook {
        if !webhook.url.starts_with("https://") && !webhook.url.starts_with("http://") {
            let message =
                format!("`url` of the webhook `{name}` must begin with https:// or http://");
            return Err(wrong(&webhook.url, message));
        }
    }
    Ok(())
}

fn check_range(
    text: &str,
    key: &str,
    value: f64,
    range: RangeInclusive<f64>,
    words: &str,
) -> Result<()> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(Error::Settings {
        line: line_with(text, key),
        message: format!("`{key}` is {value}, and must be {words}"),
    })
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes()
        .take(offset)
        .filter(|byte| *byte == b'\n')
        .count()
        + 1
}

/// The first line that is no comment and holds `word`.
fn line_with(text: &str, word: &str) -> usize {
    text.lines()
        .position(|line| !line.trim_start().starts_with('#') && line.contains(word))
        .map_or(1, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use assay_core::gate::BetterThan;

    use super::*;

    #[test]
    fn the_default_file_is_the_documented_gate() -> Result<()> {
        let settings = parse(DEFAULT)?;
        let gate = &settings.gate["production"];
        assert!(gate.expectations && gate.parity && gate.metrics.is_empty());
        assert_eq!(settings.server.port, 5000);
        assert_eq!(settings.drift.rule().source, "default");
        // What stands in comments is right, too.
        let all: String = DEFAULT
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(set) if set.contains(" = ") || set.starts_with('[') => format!("{set}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        let settings = parse(&all)?;
        let gate = &settings.gate["production"];
        assert_eq!(gate.metrics["test.accuracy"], 0.9);
        assert_eq!((gate.max_data_age_days, gate.approval), (Some(90.0), true));
        let wanted = BetterThan {
            metric: Some("roc_auc".to_owned()),
            ..BetterThan::default()
        };
        assert_eq!(gate.better_than, Some(wanted));
        assert_eq!(settings.drift.rule().source, "assay.toml");
        Ok(())
    }

    #[test]
    fn a_rule_of_drift_is_read_with_its_exceptions() -> Result<()> {
        use assay_core::drift::{Correction, CorrectionScope, Method, Mode};
        let text = "[drift]\nmode = \"evidently\"\nnumeric_method = \"energy\"\ncorrection = \"none\"\n\
                    correct_over = \"window\"\nmin_values = 50\n[drift.limits.psi]\ndrift = 0.3\n\
                    [drift.columns.age]\nmethod = \"psi\"\nmuted = true\n";
        let rule = parse(text)?.drift.rule();
        assert_eq!(
            (rule.mode, rule.source.as_str()),
            (Mode::Evidently, "assay.toml")
        );
        assert_eq!(rule.numeric_method, Some(Method::Energy));
        assert_eq!(rule.correction, Correction::None);
        assert_eq!(rule.correct_over, CorrectionScope::Window);
        assert_eq!(rule.fewest_values(), 50);
        assert_eq!(rule.limits[&Method::Psi].drift, Some(0.3));
        let age = rule.columns["age"];
        assert_eq!((age.method, age.muted), (Some(Method::Psi), true));
        Ok(())
    }

    #[test]
    fn a_switch_changes_its_lines_alone() -> Result<()> {
        let server = ServerSettings {
            port: 5001,
            in_window: true,
        };
        let with_server = |text: &str, _: &ServerSettings| {
            let lines = [
                ("port", "port = 5001".to_owned()),
                ("in_window", "in_window = true".to_owned()),
            ];
            with_lines(text, "server", &lines)
        };
        let set = "port = 5001\nin_window = true\n";
        for (text, wanted) in [
            (String::new(), format!("\n[server]\n{set}")),
            ("[server]\n".to_owned(), format!("[server]\n{set}")),
            (
                "[server] # here\nport = 1".to_owned(),
                "[server] # here\nin_window = true\nport = 5001\n".to_owned(),
            ),
            (
                "# mine\n[server]\nin_window = false\nport=7 # old\n[jobs]\nat_once = 2\n"
                    .to_owned(),
                "# mine\n[server]\nin_window = true\nport = 5001\n[jobs]\nat_once = 2\n".to_owned(),
            ),
        ] {
            assert_eq!(with_server(&text, &server), wanted);
            assert_eq!(parse(&wanted)?.server, server);
        }
        let changed = with_server(DEFAULT, &server);
        assert_eq!(parse(&changed)?.server, server);
        assert_eq!(changed.lines().count(), DEFAULT.lines().count() + 1);
        Ok(())
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (text, line, part) in [
            ("[server]\nport = \"x\"\n", 2, "invalid type"),
            ("# a\n[gate.production]\nparty = true\n", 3, "unknown field"),
            ("\n[gate.live]\nparity = true\n", 2, "no stage"),
            ("[drift]\nalpha = 2.0\n", 2, "from 0 to 1"),
            ("[drift]\nmode = \"none\"\n", 2, "unknown variant"),
            (
                "[drift]\nmode = \"nanny_ml\"\nnumeric_method = \"psi\"\n",
                3,
                "it has kolmogorov_smirnov, wasserstein",
            ),
            (
                "[drift]\n[drift.limits.psi]\ndrift = -1.0\n",
                2,
                "0 or more",
            ),
            (
                "[drift]\n[drift.limits.pso]\ndrift = 1.0\n",
                2,
                "unknown variant",
            ),
            (
                "[drift.columns.age]\nmethods = \"psi\"\n",
                2,
                "unknown field",
            ),
            ("[serve.birds]\nmax_rows = 0\n", 2, "1 or more"),
            (
                "[[alert]]\nname = \"a\"\nmetric = \"drift\"\nwindows = 0\n",
                2,
                "1 or more",
            ),
            (
                "[[alert]]\nname = \"prices\"\nmetric = \"rows\"\ncolumn = \"x\"\n",
                2,
                "not of columns",
            ),
            (
                "[[alert]]\nname = \"a\"\nmetric = \"drift\"\nwebhooks = [\"chat\"]\n",
                4,
                "no [webhook.chat]",
            ),
            ("[webhook.chat]\nurl = \"ftp://x\"\n", 2, "https://"),
            ("[serve.birds]\nfallback = \"a/b\"\n", 2, "not a name"),
            ("[server\n", 1, ""),
        ] {
            match parse(text) {
                Err(Error::Settings {
                    line: found,
                    message,
                }) => {
                    assert_eq!(found, line, "{text}: {message}");
                    assert!(message.contains(part), "{text}: {message}");
                }
                other => panic!("{text}: {other:?}"),
            }
        }
    }
}
