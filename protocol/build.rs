//! Writes the values of `settings.json` as Rust constants, so that they stand in one place.

use serde_json::{Map, Value};
use std::error::Error;
use std::path::Path;
use std::{env, fs};

type Built<T> = Result<T, Box<dyn Error>>;

#[expect(
    clippy::disallowed_methods,
    reason = "cargo talks to build scripts by environment"
)]
fn main() -> Built<()> {
    println!("cargo:rerun-if-changed=settings.json");
    let mut settings: Map<String, Value> =
        serde_json::from_str(&fs::read_to_string("settings.json")?)?;
    let close_codes = settings
        .remove("close_codes")
        .ok_or("settings.json has no close_codes")?;
    let out = env::var("OUT_DIR")?;
    fs::write(Path::new(&out).join("settings.rs"), constants(&settings)?)?;
    fs::write(Path::new(&out).join("close_codes.rs"), table(&close_codes)?)?;
    Ok(())
}

/// `const SHARED: Settings = …;`, a struct for each group.
fn constants(settings: &Map<String, Value>) -> Built<String> {
    let mut text = String::from("const SHARED: Settings = Settings {\n");
    for (name, group) in settings {
        let fields = group
            .as_object()
            .ok_or_else(|| format!("{name} is not a group"))?;
        text.push_str(&format!("    {name}: {} {{\n", camel_case(name)));
        for (field, value) in fields {
            match value {
                Value::Number(number) => text.push_str(&format!("        {field}: {number},\n")),
                Value::String(string) => text.push_str(&format!("        {field}: {string:?},\n")),
                _ => return Err(format!("{name}.{field} is neither a number nor a text").into()),
            }
        }
        text.push_str("    },\n");
    }
    text.push_str("};\n");
    Ok(text)
}

/// The rows of the `close_codes!` table.
fn table(close_codes: &Value) -> Built<String> {
    let mut text = String::from("close_codes! {\n");
    for row in close_codes.as_array().ok_or("close_codes is not a list")? {
        let word = |key: &str| {
            row[key]
                .as_str()
                .ok_or_else(|| format!("a close code without {key}: {row}"))
        };
        let code = row["code"]
            .as_u64()
            .ok_or_else(|| format!("a close code without code: {row}"))?;
        let (name, retry, sentence) = (word("name")?, word("retry")?, word("text")?);
        let (variant, retry) = (camel_case(name), camel_case(retry));
        text.push_str(&format!(
            "    {variant} = {code}, {name:?}, {retry}, {sentence:?};\n"
        ));
    }
    text.push_str("}\n");
    Ok(text)
}

fn camel_case(snake_case: &str) -> String {
    snake_case
        .split('_')
        .map(|word| {
            let (first, rest) = word.split_at(word.len().min(1));
            first.to_uppercase() + rest
        })
        .collect()
}
