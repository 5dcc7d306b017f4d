//! Why a request is refused, as MLflow's clients know it.

use assay_core::code::{Code, Failure};
use axum::Json;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// An error as MLflow's clients know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    status: StatusCode,
    error_code: &'static str,
    pub message: String,
}

impl Refusal {
    pub fn invalid(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            error_code: "INVALID_PARAMETER_VALUE",
            message: message.into(),
        }
    }

    pub fn missing(parameter: &str) -> Self {
        Self::invalid(format!(
            "Missing value for required parameter '{parameter}'. See the API docs for more information about request parameters."
        ))
    }

    pub fn absent(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            error_code: "RESOURCE_DOES_NOT_EXIST",
            message: message.into(),
        }
    }

    pub fn exists(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            error_code: "RESOURCE_ALREADY_EXISTS",
            message: message.into(),
        }
    }

    pub fn forbidden(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            error_code: "PERMISSION_DENIED",
            message: message.into(),
        }
    }

    pub fn internal(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            error_code: "INTERNAL_ERROR",
            message: message.into(),
        }
    }

    /// What is asked for is none of the calls.
    pub fn no_call(status: StatusCode, method: &Method, path: &str) -> Self {
        Self {
            status,
            error_code: "ENDPOINT_NOT_FOUND",
            message: format!("there is no call {method} {path} in this server"),
        }
    }

    pub fn unauthenticated(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            error_code: "UNAUTHENTICATED",
            message: message.into(),
        }
    }

    /// The same refusal in MLflow's words, where clients look at them.
    pub fn of(failure: Failure, absent: impl FnOnce() -> String) -> Self {
        match failure.code {
            Code::NotFound => Self::absent(absent()),
            _ => failure.into(),
        }
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        let message = match &failure.hint {
            Some(hint) => format!("{}; {hint}", failure.wrong),
            None => failure.wrong.clone(),
        };
        match failure.code {
            Code::NotFound => Self::absent(message),
            Code::Invalid | Code::Unsupported | Code::Precondition => Self::invalid(message),
            Code::Conflict => Self {
                error_code: "INVALID_STATE",
                ..Self::invalid(message)
            },
            _ => Self::internal(message),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let class = match self.error_code {
            "RESOURCE_DOES_NOT_EXIST" => "RESOURCE_NOT_FOUND",
            other => other,
        };
        let body = json!({
            "error_code": self.error_code,
            "message": self.message,
            "sqlstate": "KAM00",
            "error_class": class,
        });
        (self.status, Json(body)).into_response()
    }
}
