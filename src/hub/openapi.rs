//! The OpenAPI document of the API, made from the routes and the messages themselves.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::codes::CODES;
use super::operation::{Content, Operation};
use crate::sync::protocol::{Fault, IDEMPOTENCY_KEY};

const DEVICE: &str = "device";

/// The whole document.
pub(super) fn document(operations: &[Operation]) -> Value {
    let mut schemas = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into())
        .into_generator();
    let fault = schemas.subschema_for::<Fault>().to_value();
    let mut paths = Map::new();
    for operation in operations {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method] = described(operation, &mut schemas, &fault);
    }
    let mut schemas = Value::Object(schemas.take_definitions(true));
    // The codes are stable, so they belong to the promise.
    schemas["Fault"]["properties"]["code"]["enum"] = json!(CODES);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Photodesk hub",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Desks pull submissions, students send photos, every refusal has one shape.",
            "license": { "name": "Apache-2.0 OR MIT", "identifier": "Apache-2.0 OR MIT" },
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                DEVICE: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "DEVICE.TOKEN of an enrolled device",
                },
            },
        },
    })
}

fn described(operation: &Operation, schemas: &mut SchemaGenerator, fault: &Value) -> Value {
    let success = match content(operation.answers, schemas) {
        None => json!({ "description": "done" }),
        Some(content) => json!({ "description": "done", "content": content }),
    };
    let refusal = json!({
        "description": "refused; nothing was changed",
        "content": { "application/json": { "schema": fault } },
    });
    let mut described = json!({
        "operationId": id(operation),
        "summary": operation.says,
        "parameters": parameters(operation),
        "responses": { "200": success, "default": refusal },
        "security": if operation.right.is_some() { json!([{ DEVICE: [] }]) } else { json!([]) },
    });
    if let Some(right) = operation.right {
        let roles = right.words();
        described["description"] = json!(format!("Devices with one of the roles {}.", roles.join(", ")));
        described["x-roles"] = json!(roles);
    }
    if let Some(content) = content(operation.asks, schemas) {
        described["requestBody"] = json!({ "required": true, "content": content });
    }
    described
}

fn content(content: Content, schemas: &mut SchemaGenerator) -> Option<Value> {
    match content {
        Content::Nothing => None,
        Content::Json(schema_of) => {
            Some(json!({ "application/json": { "schema": schema_of(schemas).to_value() } }))
        }
        Content::Other(media_type) => Some(json!({ media_type: {} })),
    }
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let names = operation.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let in_path = names
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }));
    let in_query = operation.queries.iter().map(
        |(name, says)| json!({ "name": name, "in": "query", "description": says, "schema": { "type": "integer" } }),
    );
    let key = operation.is_keyed.then(|| {
        json!({
            "name": IDEMPOTENCY_KEY,
            "in": "header",
            "required": true,
            "description": "drawn at random for the request, the same for every repetition",
            "schema": { "type": "string", "maxLength": 100 },
        })
    });
    in_path.chain(in_query).chain(key).collect()
}

/// `post_v1_orders_order_photo`.
fn id(operation: &Operation) -> String {
    let words = operation.path.split(['/', '{', '}', '.']).filter(|word| !word.is_empty());
    std::iter::once(operation.method).chain(words).collect::<Vec<_>>().join("_")
}
