//! From an event as JSON to a record: `{"kind": "file.read", "proc": {"path": …}, "file": {"path": …}}`, or with names that
//! have dots in them. Nothing is guessed: what is not understood is an error.

use lictor_vm::{Field, Kind, Record, ValueType};
use serde_json::{Map, Value};

/// # Errors
/// What is wrong with the event.
pub fn record(json: &[u8], time: u64) -> Result<Vec<u8>, String> {
    let event: Value = serde_json::from_slice(json).map_err(|error| format!("the event is not JSON: {error}"))?;
    let event = event.as_object().ok_or("an event is an object")?;
    let kind = event.get("kind").and_then(Value::as_str).ok_or("an event has a `kind`, which is a text")?;
    let kind = Kind::from_name(kind)
        .filter(|kind| *kind != Kind::Facts)
        .ok_or_else(|| format!("`{kind}` is no kind of event"))?;
    let mut record = Record::new(kind);
    record.time(time);
    fields(&mut record, "", event)?;
    let mut bytes = Vec::new();
    record.append(&mut bytes).map_err(|error| format!("{error}: a field stands twice, or a value is too long"))?;
    Ok(bytes)
}

fn fields(record: &mut Record, prefix: &str, values: &Map<String, Value>) -> Result<(), String> {
    for (name, value) in values {
        if prefix.is_empty() && name == "kind" || value.is_null() {
            continue;
        }
        let name = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match (Field::from_name(&name), value) {
            (Some(field), value) => {
                write(record, field, value).ok_or_else(|| format!("`{name}` {}", wanted(field)))?;
            }
            (None, Value::Object(values)) => fields(record, &name, values)?,
            (None, _) => return Err(format!("`{name}` is no field")),
        }
    }
    Ok(())
}

/// Writes a value; none where it is not of the field's type.
fn write(record: &mut Record, field: Field, value: &Value) -> Option<()> {
    match field.value_type() {
        ValueType::String => record.string(field, bytes(value)?),
        // beyond 2^53 as a text
        ValueType::Int => match value.as_i64().or_else(|| value.as_str()?.parse().ok()) {
            Some(number) => record.int(field, number),
            None => record.uint(field, value.as_u64().or_else(|| value.as_str()?.parse().ok())?),
        },
        ValueType::Bool => record.bool(field, value.as_bool()?),
        ValueType::Address => record.addr(field, value.as_str()?.parse().ok()?),
        ValueType::List => record.list(field, &value.as_array()?.iter().map(bytes).collect::<Option<Vec<_>>>()?),
        ValueType::Flags => {
            let flags = value.as_array()?.iter().map(|flag| field.flag(flag.as_str()?));
            record.uint(field, flags.sum::<Option<u64>>()?)
        }
        ValueType::Map => {
            let pairs = value.as_object()?.iter().map(|(key, value)| Some([unescaped(key)?, bytes(value)?]));
            record.list(field, &pairs.collect::<Option<Vec<_>>>()?.concat())
        }
        _ => return None,
    };
    Some(())
}

fn wanted(field: Field) -> &'static str {
    match field.value_type() {
        ValueType::String => "has to be a text; a backslash in it is written twice, a byte as `\\xHH`",
        ValueType::Int => "has to be a whole number",
        ValueType::Bool => "has to be true or false",
        ValueType::Address => "has to be an IP address",
        ValueType::List => "has to be a list of texts",
        ValueType::Flags => "has to be a list of flags that it has",
        ValueType::Map => "has to be an object of texts",
        _ => "is of a type that is not known here",
    }
}

fn bytes(value: &Value) -> Option<Vec<u8>> {
    unescaped(value.as_str()?)
}

/// Bytes that are not UTF-8 are written `\xHH`, and a backslash twice.
fn unescaped(text: &str) -> Option<Vec<u8>> {
    let mut parts = text.split('\\');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    while let Some(part) = parts.next() {
        if part.is_empty() {
            bytes.push(b'\\');
            bytes.extend_from_slice(parts.next()?.as_bytes());
        } else {
            let digits = part.strip_prefix('x')?.get(..2).filter(|digits| !digits.starts_with('+'))?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            bytes.extend_from_slice(&part.as_bytes()[3..]);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_as_they_are_written() {
        assert_eq!(unescaped(r"a\\b\xffc"), Some(b"a\\b\xffc".to_vec()));
        assert_eq!(unescaped(r"\\\\"), Some(br"\\".to_vec()));
        for wrong in [r"\", r"\n", r"\x1", r"\x+1", r"a\\\", r"\xé"] {
            assert_eq!(unescaped(wrong), None, "{wrong}");
        }
    }
}
