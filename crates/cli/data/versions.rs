//! `assay data versions | tag | restore`

use assay_core::DatasetName;
use assay_core::dataset::DatasetDetail;
use assay_core::reference::Reference;
use assay_lab::{Error, Lab};

use crate::output::{Output, bytes, count, table};

#[derive(clap::Args)]
pub struct Tag {
    /// `penguins@3`; with --remove the data set
    dataset: Reference,
    tag: String,
    /// Take the tag away
    #[arg(long)]
    remove: bool,
}

impl Tag {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<(), Error> {
        let name = &self.dataset.name;
        let detail = if self.remove {
            lab.untag_dataset(&DatasetName::new(name.as_str()), &self.tag)?
        } else {
            lab.tag_dataset(&self.dataset, &self.tag)?
        };
        output.result(&detail, |detail| match detail.tags.get(&self.tag) {
            Some(version) => format!("{name}@{} is {name}@{version}", self.tag),
            None => format!("removed {name}@{}", self.tag),
        });
        Ok(())
    }
}

pub fn list(lab: &Lab, name: &str, output: Output) -> Result<(), Error> {
    output.result(&lab.dataset(&Reference::latest(name))?, versions_text);
    Ok(())
}

pub fn restore(lab: &Lab, dataset: &Reference, output: Output) -> Result<(), Error> {
    output.result(&lab.restore_version(dataset)?, |version| {
        format!(
            "{}@{} has the rows of version {} again",
            version.dataset,
            version.version,
            version.restored_from.unwrap_or(version.version)
        )
    });
    Ok(())
}

fn versions_text(detail: &DatasetDetail) -> String {
    let rows = detail
        .versions
        .iter()
        .map(|version| {
            let tags: Vec<&str> = detail
                .tags
                .iter()
                .filter(|(_, number)| **number == version.version)
                .map(|(tag, _)| tag.as_str())
                .collect();
            let from = match version.restored_from {
                Some(number) => format!("version {number}"),
                None => version.source.file_name.clone(),
            };
            vec![
                version.version.to_string(),
                tags.join(", "),
                version.content.short().to_owned(),
                count(version.n_rows),
                version.columns.columns.len().to_string(),
                bytes(version.size_bytes),
                from,
            ]
        })
        .collect();
    let head = [
        "version", "tags", "content", "rows", "columns", "size", "from",
    ];
    table(&head, rows, &[0, 3, 4, 5])
}
