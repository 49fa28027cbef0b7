//! JSON bodies of requests.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use crate::error::ApiError;

/// A JSON body whose refusals read like every other error.
pub(super) struct JsonBody<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(JsonRejection::MissingJsonContentType(_)) => Err(ApiError::ContentType),
            Err(JsonRejection::BytesRejection(cut)) if cut.status().as_u16() == 413 => {
                Err(ApiError::BodyTooLarge)
            }
            Err(other) => Err(ApiError::BadJson {
                reason: other.body_text(),
            }),
        }
    }
}
