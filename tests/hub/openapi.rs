//! The API's description from outside: every route, every code, and real answers held against their schemas.

use std::collections::BTreeSet;
use std::path::Path;

use photodesk::store::devices::Role;
use photodesk::submission::Verb;
use serde_json::{Value, json};

use crate::fixture::{BATCH, TestHub, claim, http, key, outcome, row};

fn get(url: &str) -> reqwest::blocking::Response {
    http().get(url).send().unwrap()
}

fn document(hub: &TestHub) -> Value {
    let answer = get(&format!("{}/v1/openapi.json", hub.url));
    assert_eq!(answer.headers()["content-type"], "application/json");
    serde_json::from_str(&answer.text().unwrap()).unwrap()
}

/// What keeps `value` from being what `schema` says, as far as our schemas go.
fn faults(value: &Value, schema: &Value, all: &Value, at: &str) -> Vec<String> {
    if let Some(name) = schema["$ref"].as_str() {
        let named = &all["components"]["schemas"][name.rsplit('/').next().unwrap()];
        assert!(named.is_object(), "{name} is not there");
        return faults(value, named, all, at);
    }
    let mut found = Vec::new();
    for choice in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[choice].as_array()
            && choices.iter().all(|one| !faults(value, one, all, at).is_empty())
        {
            found.push(format!("{at}: {value} is none of the choices"));
        }
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        found.extend(faults(value, part, all, at));
    }
    if let Some(kinds) = schema.get("type") {
        let kinds: Vec<&str> = kinds
            .as_array()
            .map_or_else(|| vec![kinds], |kinds| kinds.iter().collect())
            .into_iter()
            .filter_map(Value::as_str)
            .collect();
        if !kinds.iter().any(|kind| is_kind(value, kind)) {
            found.push(format!("{at}: {value} is no {kinds:?}"));
        }
    }
    if let Some(allowed) = schema["enum"].as_array()
        && !allowed.contains(value)
    {
        found.push(format!("{at}: {value} is not among the listed"));
    }
    if schema.get("const").is_some_and(|only| only != value) {
        found.push(format!("{at}: {value} is not {}", schema["const"]));
    }
    if let Some(fields) = value.as_object() {
        for needed in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !fields.contains_key(needed) {
                found.push(format!("{at}: {needed} is missing"));
            }
        }
        for (name, field) in fields {
            match schema["properties"].get(name) {
                Some(of_field) => found.extend(faults(field, of_field, all, &format!("{at}.{name}"))),
                None if schema["properties"].is_object() => {
                    found.push(format!("{at}: {name} is not described"))
                }
                None => {}
            }
        }
    }
    for (number, one) in value.as_array().into_iter().flatten().enumerate() {
        if schema.get("items").is_some() {
            found.extend(faults(one, &schema["items"], all, &format!("{at}[{number}]")));
        }
    }
    found
}

fn is_kind(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("a kind the test does not know: {other}"),
    }
}

fn answer_schema<'a>(all: &'a Value, method: &str, path: &str) -> &'a Value {
    &all["paths"][path][method]["responses"]["200"]["content"]["application/json"]["schema"]
}

#[test]
fn every_path_of_the_hub_s_document_is_served_and_needs_what_it_says() {
    let hub = TestHub::new();
    let all = document(&hub);
    assert_eq!(all["openapi"], "3.1.0");
    let http = http();
    let mut operations = 0;
    for (path, methods) in all["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            operations += 1;
            let url = format!("{}{}", hub.url, path.replace(['{', '}'], ""));
            let asked = http.request(method.to_uppercase().parse().unwrap(), url);
            let asked = if method == "get" { asked } else { asked.header("idempotency-key", "k").body("{}") };
            let answer = asked.send().unwrap();
            let is_open = operation["security"].as_array().unwrap().is_empty();
            let status = answer.status().as_u16();
            let text = answer.text().unwrap();
            assert!(!text.contains("no_such_"), "{method} {path} is described but not served");
            assert!(!operation["summary"].as_str().unwrap().is_empty(), "{method} {path}");
            if !is_open {
                assert!([400, 401].contains(&status), "{method} {path} answers {status} to a stranger");
            }
        }
    }
    // A route beside the table would not be in the document.
    let router =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/hub/router.rs")).unwrap();
    let mounted: Vec<&str> =
        router.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(mounted, ["/v1/openapi.json", "/v1/docs"], "the description describes everything but itself");
    assert!(operations > 30, "{operations}");
}

#[test]
fn every_code_of_the_code_is_listed() {
    let hub = TestHub::new();
    let all = document(&hub);
    let listed: BTreeSet<String> = all["components"]["schemas"]["Fault"]["properties"]["code"]["enum"]
        .as_array()
        .unwrap()
        .iter()
        .map(|code| code.as_str().unwrap().to_owned())
        .collect();
    let mut known = codes_of_refusals();
    for file in [
        "hub/pay.rs",
        "submission/lease.rs",
        "submission/decision.rs",
        "submission/rules.rs",
        "onsite/merge.rs",
        "store/mod.rs",
        "standard/catalogue.rs",
        "photo/decode.rs",
    ] {
        let codes = codes_of_enums(&source(file));
        assert!(!codes.is_empty(), "{file}");
        known.extend(codes);
    }
    assert_eq!(
        listed.difference(&known).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "listed, but nowhere given"
    );
    assert_eq!(known.difference(&listed).collect::<Vec<_>>(), Vec::<&String>::new(), "given, but not listed");
}

fn source(file: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file)).unwrap()
}

/// The words in the bodies of `fn code`, and of the one `as_str` that is used as a code.
fn codes_of_enums(text: &str) -> BTreeSet<String> {
    let product = text.split("#[cfg(test)]").next().unwrap();
    let openings: &[&str] =
        if product.contains("enum ConflictKind") { &["fn as_str("] } else { &["fn code("] };
    let bodies = openings.iter().flat_map(|opening| product.split(opening).skip(1));
    bodies.map(|rest| rest.split("\n    }\n").next().unwrap()).flat_map(arms).collect()
}

fn arms(body: &str) -> Vec<String> {
    let after = body.split("=> \"").skip(1);
    after.filter_map(|rest| Some(rest.split('"').next()?.to_owned())).collect()
}

/// The codes that the hub's own files write down where they refuse.
fn codes_of_refusals() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/hub");
    let mut codes = BTreeSet::new();
    for entry in walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap) {
        if entry.path().extension().is_none_or(|ending| ending != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(entry.path()).unwrap();
        let product = text.split("#[cfg(test)]").next().unwrap();
        for opening in ["HubError::new(", "Self::new(", "refuse(", "fault("] {
            for rest in product.split(opening).skip(1) {
                let rest = rest.trim_start();
                let rest = rest
                    .split_once(',')
                    .filter(|(status, _)| status.parse::<u16>().is_ok())
                    .map_or(rest, |(_, rest)| rest.trim_start());
                if let Some(code) = rest.strip_prefix('"').and_then(|rest| rest.split('"').next()) {
                    codes.insert(code.to_owned());
                }
            }
        }
    }
    codes
}

/// One answer of each kind, as it comes over the wire.
#[test]
fn real_answers_are_what_the_document_says() {
    let hub = TestHub::new();
    let all = document(&hub);
    let student = hub.student();
    let (one, _) = (student.submits(1), student.submits(2));
    let desk = hub.device("desk 1", Role::Reviewer);
    let claimed = claim(&desk, 8);
    assert_eq!(outcome(&desk, &row(&claimed.leases[0], Verb::Reject)), "committed");
    let token = "x".repeat(40);
    let code = hub.code("office", Role::Administrator);
    let http = http();
    let ask = |method: &str, path: &str, body: Option<Value>, bearer: Option<&str>| -> (u16, Value) {
        let asked = http.request(method.to_uppercase().parse().unwrap(), format!("{}{path}", hub.url));
        let asked = bearer.map_or(asked.try_clone().unwrap(), |bearer| asked.bearer_auth(bearer));
        let asked = body.map_or(asked.try_clone().unwrap(), |body| {
            asked
                .header("idempotency-key", key())
                .header("content-type", "application/json")
                .body(body.to_string())
        });
        let answer = asked.send().unwrap();
        (answer.status().as_u16(), serde_json::from_str(&answer.text().unwrap()).unwrap())
    };
    let is_as_said =
        |method: &str, described: &str, path: &str, body: Option<Value>, bearer: Option<&str>| {
            let (status, answer) = ask(method, path, body, bearer);
            assert_eq!(status, 200, "{method} {path}: {answer}");
            let schema = answer_schema(&all, method, described);
            assert!(!schema.is_null(), "{method} {described} has no schema");
            assert_eq!(faults(&answer, schema, &all, described), Vec::<String>::new());
            answer
        };
    let enrolled = is_as_said(
        "post",
        "/v1/enrolments",
        "/v1/enrolments",
        Some(json!({"code": code, "token": token})),
        None,
    );
    let office = format!("{}.{token}", enrolled["device"].as_str().unwrap());
    let office = Some(office.as_str());
    let id = &one.submission;
    is_as_said("get", "/v1/health", "/v1/health", None, None);
    is_as_said("get", "/v1/batches", "/v1/batches", None, office);
    is_as_said("get", "/v1/batches/{code}", &format!("/v1/batches/{BATCH}"), None, office);
    is_as_said("get", "/v1/changes", "/v1/changes?after=0", None, office);
    is_as_said("get", "/v1/submissions/{id}", &format!("/v1/submissions/{id}"), None, office);
    let progress = format!("/v1/submissions/{id}/progress");
    let progress = is_as_said("get", "/v1/submissions/{id}/progress", &progress, None, office);
    let order = progress["order"].as_str().unwrap();
    is_as_said("get", "/v1/orders/{order}", &format!("/v1/orders/{order}"), None, office);
    let new = json!({"batch": BATCH, "masked_name": "吴*兰"});
    is_as_said("post", "/v1/orders", "/v1/orders", Some(new), office);
    let asked = json!({"batch": BATCH, "count": 1});
    is_as_said("post", "/v1/leases", "/v1/leases", Some(asked), office);
    let leases = json!({"leases": [{"submission": id, "token": 99}]});
    is_as_said("post", "/v1/leases/renewal", "/v1/leases/renewal", Some(leases), office);
    let late = row(&claimed.leases[0], Verb::Approve);
    let decisions = json!({"decisions": [late]});
    is_as_said("post", "/v1/decisions", "/v1/decisions", Some(decisions), office);
    let rules = json!({"max_attempts": 3, "rules": {"payment": "before_photo", "fee_fen": 2500}});
    let path = format!("/v1/batches/{BATCH}/rules");
    is_as_said("put", "/v1/batches/{code}/rules", &path, Some(rules), office);
    let path = format!("/v1/batches/{BATCH}/closing");
    is_as_said("post", "/v1/batches/{code}/closing", &path, Some(json!({"dry_run": true})), office);
    let rows = json!([{"submission": id, "photo_sha256": "0".repeat(64), "revision": 1}]);
    is_as_said("post", "/v1/exports", "/v1/exports", Some(json!({"job": "j", "rows": rows})), office);

    let (status, refused) = ask("get", "/v1/batches", None, None);
    assert_eq!(status, 401);
    let fault = json!({"$ref": "#/components/schemas/Fault"});
    assert_eq!(faults(&refused, &fault, &all, "fault"), Vec::<String>::new());
    let strange = json!({"code": "made_up", "message": "m", "remedy": "r"});
    assert!(!faults(&strange, &fault, &all, "fault").is_empty(), "the test sees what is wrong");
}

#[test]
fn the_page_asks_nothing_of_the_network() {
    let hub = TestHub::new();
    let answer = get(&format!("{}/v1/docs", hub.url));
    assert!(answer.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
    let page = answer.text().unwrap();
    assert!(page.contains("openapi.json") && !page.contains("http://") && !page.contains("https://"));
}
