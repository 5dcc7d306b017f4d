//! `assay token new | list | revoke`

use std::process::ExitCode;

use assay_core::access::{AccessToken, IssuedToken, NewAccessToken, Role};
use assay_lab::{Error, Lab};

use crate::output::{Output, figure, table};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Make a token for a client of `assay serve`; from the first on every request needs one
    New {
        /// The client's name, as the prediction log shows it
        name: String,
        /// predict, read, write or admin; each may do what those before it may
        #[arg(long)]
        role: Role,
        /// Requests a second; else as many as it likes
        #[arg(long, value_name = "N")]
        rate: Option<f64>,
    },
    /// Whose tokens there are
    List,
    /// Refuse a client from now on
    Revoke { name: String },
}

impl Command {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<ExitCode, Error> {
        match self {
            Self::New { name, role, rate } => {
                let new = NewAccessToken {
                    name: name.clone(),
                    role: *role,
                    requests_per_second: *rate,
                };
                output.result(&lab.issue_token(&new)?, issued);
            }
            Self::List => output.result(&lab.access_tokens()?, |tokens| list(tokens)),
            Self::Revoke { name } => output.result(&lab.revoke_token(name)?, |tokens| list(tokens)),
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn issued(issued: &IssuedToken) -> String {
    format!(
        "{}\n{} may {}. The token is not shown again; send it as `Authorization: Bearer TOKEN`. \
         A server that runs now asks for tokens at once; its page does when it is started again",
        issued.secret, issued.token.name, issued.token.role
    )
}

fn list(tokens: &[AccessToken]) -> String {
    if tokens.is_empty() {
        return "no tokens: programs on this computer need none".to_owned();
    }
    let rows = tokens
        .iter()
        .map(|token| {
            let rate = token.requests_per_second;
            vec![token.name.clone(), token.role.to_string(), figure(rate)]
        })
        .collect();
    table(&["client", "may", "requests/s"], rows, &[2])
}
