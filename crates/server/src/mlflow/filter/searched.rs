//! What each search knows: which names its filters and orders may use, and in which words MLflow refuses the others.

use crate::mlflow::Refusal;

/// One of the things that clients search for.
#[derive(Debug)]
pub struct Searched {
    /// The entities beside attributes: `metrics.k`, `tags.k` and so on.
    entities: &'static [Entity],
    /// As MLflow lists them in its refusal.
    valid_entities: &'static str,
    attributes: &'static [Attribute],
    /// Entities, not attributes alone, may stand in an order.
    orders_by_entities: bool,
    pub(super) parser: Parser,
}

/// MLflow has two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parser {
    Usual,
    /// Every text may be compared with a list, and with a number without quotes; refusals have words of their own.
    OfLoggedModels,
}

/// What a name points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// As the lab calls it: `metrics.KEY`, `params.KEY`, `tags.KEY`, `datasets.KEY`, or an attribute's bare name.
    pub name: String,
    pub kind: Kind,
}

/// Which comparisons and values fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Metric,
    Param,
    Tag,
    Dataset,
    Number(&'static str),
    /// With `true`: a list may stand behind it.
    Text(bool),
    /// A number that is written as a text and has no order.
    ExperimentId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entity {
    Metrics,
    Params,
    Tags,
    Datasets,
}

#[derive(Debug)]
struct Attribute {
    name: &'static str,
    aliases: &'static [&'static str],
    kind: Kind,
    place: Place,
}

/// Where an attribute may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Both,
    Order,
    Filter,
    /// In both, but MLflow has no such attribute, so it is not listed.
    Ours,
}

pub static RUNS: Searched = Searched {
    entities: &[
        Entity::Metrics,
        Entity::Params,
        Entity::Tags,
        Entity::Datasets,
    ],
    valid_entities: "Valid values are ['metric', 'parameter', 'tag', 'attribute', 'dataset']",
    attributes: &[
        Attribute::new("run_id", &["id"], Kind::Text(true), Place::Both),
        Attribute::new(
            "run_name",
            &["run name", "Run name", "Run Name", "name"],
            Kind::Text(false),
            Place::Both,
        ),
        Attribute::new("user_id", &["user"], Kind::Text(false), Place::Both),
        Attribute::new("status", &[], Kind::Text(false), Place::Both),
        Attribute::new("artifact_uri", &[], Kind::Text(false), Place::Both),
        Attribute::number(
            "start_time",
            &["created", "Created", "started_ms"],
            Place::Both,
        ),
        Attribute::number("end_time", &["ended_ms"], Place::Both),
        Attribute::new(
            "experiment",
            &["experiment_name"],
            Kind::Text(false),
            Place::Ours,
        ),
        Attribute::new("dataset", &[], Kind::Text(false), Place::Ours),
        Attribute::number("duration_secs", &["duration"], Place::Ours),
    ],
    orders_by_entities: true,
    parser: Parser::Usual,
};

pub static EXPERIMENTS: Searched = Searched {
    entities: &[Entity::Tags],
    valid_entities: "Valid entity types are ('attribute', 'tag', 'tags')",
    attributes: &[
        Attribute::new("name", &[], Kind::Text(false), Place::Both),
        Attribute::new("experiment_id", &[], Kind::ExperimentId, Place::Both),
        Attribute::number("creation_time", &[], Place::Both),
        Attribute::number("last_update_time", &[], Place::Both),
    ],
    orders_by_entities: false,
    parser: Parser::Usual,
};

pub static REGISTERED_MODELS: Searched = Searched {
    entities: &[Entity::Tags],
    valid_entities: "Valid entity types are ('attribute', 'tag', 'tags')",
    attributes: &[
        Attribute::new("name", &[], Kind::Text(true), Place::Both),
        Attribute::number("creation_timestamp", &[], Place::Order),
        Attribute::number("last_updated_timestamp", &["timestamp"], Place::Order),
    ],
    orders_by_entities: false,
    parser: Parser::Usual,
};

pub static MODEL_VERSIONS: Searched = Searched {
    entities: &[Entity::Tags],
    valid_entities: "Valid entity types are ('attribute', 'tag', 'tags')",
    attributes: &[
        Attribute::new("name", &[], Kind::Text(true), Place::Both),
        Attribute::number("version_number", &[], Place::Both),
        Attribute::new("run_id", &[], Kind::Text(true), Place::Filter),
        Attribute::new("source_path", &[], Kind::Text(false), Place::Filter),
        Attribute::number("creation_timestamp", &[], Place::Order),
        Attribute::number("last_updated_timestamp", &[], Place::Order),
    ],
    orders_by_entities: false,
    parser: Parser::Usual,
};

pub static LOGGED_MODELS: Searched = Searched {
    entities: &[Entity::Metrics, Entity::Params, Entity::Tags],
    valid_entities: "Expected one of ['attributes', 'metrics', 'params', 'tags'].",
    attributes: &[
        Attribute::new("name", &[], Kind::Text(true), Place::Both),
        Attribute::new("model_id", &[], Kind::Text(true), Place::Both),
        Attribute::new("model_type", &[], Kind::Text(true), Place::Both),
        Attribute::new("status", &[], Kind::Text(true), Place::Both),
        Attribute::new("source_run_id", &[], Kind::Text(true), Place::Both),
        Attribute::new("experiment_id", &[], Kind::ExperimentId, Place::Both),
        Attribute::number(
            "creation_timestamp_ms",
            &["creation_time", "creation_timestamp"],
            Place::Both,
        ),
        Attribute::number(
            "last_updated_timestamp_ms",
            &["last_updated_timestamp", "last_updated_time"],
            Place::Both,
        ),
    ],
    orders_by_entities: true,
    parser: Parser::OfLoggedModels,
};

impl Attribute {
    const fn new(
        name: &'static str,
        aliases: &'static [&'static str],
        kind: Kind,
        place: Place,
    ) -> Self {
        Self {
            name,
            aliases,
            kind,
            place,
        }
    }

    const fn number(name: &'static str, aliases: &'static [&'static str], place: Place) -> Self {
        Self::new(name, aliases, Kind::Number(name), place)
    }

    fn is_called(&self, name: &str) -> bool {
        self.name == name || self.aliases.contains(&name)
    }

    fn stands(&self, in_order: bool) -> bool {
        match self.place {
            Place::Both | Place::Ours => true,
            Place::Order => in_order,
            Place::Filter => !in_order,
        }
    }
}

impl Entity {
    /// By any of its names.
    fn called(name: &str) -> Option<Self> {
        Some(match name {
            "metrics" | "metric" => Self::Metrics,
            "params" | "param" | "parameters" | "parameter" => Self::Params,
            "tags" | "tag" => Self::Tags,
            "datasets" | "dataset" => Self::Datasets,
            _ => return None,
        })
    }
}

impl Searched {
    /// What a name in a filter points at.
    pub(super) fn in_filter(&self, name: &str) -> Result<Named, Refusal> {
        self.named(name, false)
    }

    /// What a name in an order points at.
    pub(super) fn in_order(&self, name: &str) -> Result<Named, Refusal> {
        let named = self.named(name, true)?;
        let entity = match named.kind {
            Kind::Dataset => "dataset",
            Kind::Tag if !self.orders_by_entities => "tag",
            _ => return Ok(named),
        };
        Err(Refusal::invalid(format!(
            "Invalid order_by entity: {entity}"
        )))
    }

    /// The attributes behind which a list may stand, as MLflow lists them.
    pub(super) fn listed(&self) -> String {
        let names: Vec<String> = self
            .attributes
            .iter()
            .filter(|attribute| matches!(attribute.kind, Kind::Text(true) | Kind::ExperimentId))
            .map(|attribute| format!("'{}'", attribute.name))
            .collect();
        format!("[{}]", names.join(", "))
    }

    fn named(&self, name: &str, in_order: bool) -> Result<Named, Refusal> {
        let (prefix, key) = match name.split_once('.') {
            None | Some(("attributes" | "attribute" | "attr" | "run", _)) => {
                let bare = name.split_once('.').map_or(name, |(_, bare)| bare);
                return self.attribute(bare, in_order);
            }
            Some(parts) => parts,
        };
        let entity = Entity::called(prefix).filter(|entity| self.entities.contains(entity));
        let (kind, prefix) = match entity {
            Some(Entity::Metrics) => (Kind::Metric, "metrics"),
            Some(Entity::Params) => (Kind::Param, "params"),
            Some(Entity::Tags) => (Kind::Tag, "tags"),
            Some(Entity::Datasets) if matches!(key, "name" | "digest" | "context") => {
                (Kind::Dataset, "datasets")
            }
            Some(Entity::Datasets) => {
                return Err(Refusal::invalid(format!(
                    "Invalid dataset key '{key}' specified. Valid keys are '{{'name', 'digest', 'context'}}'"
                )));
            }
            None => {
                let colon = match self.parser {
                    Parser::Usual => "",
                    Parser::OfLoggedModels => ":",
                };
                return Err(Refusal::invalid(format!(
                    "Invalid entity type{colon} '{prefix}'. {}",
                    self.valid_entities
                )));
            }
        };
        Ok(Named {
            name: format!("{prefix}.{key}"),
            kind,
        })
    }

    fn attribute(&self, name: &str, in_order: bool) -> Result<Named, Refusal> {
        let found = self
            .attributes
            .iter()
            .find(|attribute| attribute.is_called(name) && attribute.stands(in_order));
        if let Some(attribute) = found {
            return Ok(Named {
                name: attribute.name.to_owned(),
                kind: attribute.kind,
            });
        }
        let valid: Vec<String> = self
            .attributes
            .iter()
            .filter(|attribute| attribute.stands(in_order) && attribute.place != Place::Ours)
            .map(|attribute| format!("'{}'", attribute.name))
            .collect();
        Err(Refusal::invalid(format!(
            "Invalid attribute key '{name}' specified. Valid keys are '{{{}}}'",
            valid.join(", ")
        )))
    }
}
