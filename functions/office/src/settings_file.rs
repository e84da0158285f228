//! The description of an office in a file that somebody has edited.

use antrian::domain::field::FieldError;
use antrian::domain::ids::OfficeId;
use antrian::domain::office::Office;
use antrian::http::body::parse;
use antrian::http::problem::Problem;
use antrian_pages::errors::sentence;
use antrian_pages::page::Page;
use serde_json::Value;

/// The office of a file: alone, or among others as in `domain/data/offices.json`.
pub(crate) fn described(file: &[u8], id: &OfficeId) -> Result<Office, Problem> {
    let all: Value = serde_json::from_slice(file).map_err(|error| no_json(&error))?;
    let is_it = |office: &&Value| office["id"] == id.as_str();
    let among = all["offices"].as_array().map(|offices| offices.iter().find(is_it));
    let office = match among {
        None => file.to_vec(),
        Some(Some(office)) => office.to_string().into_bytes(),
        Some(None) => {
            return Err(Problem::field(
                "id",
                "Kantor ini tidak ada di dalam berkas.",
                "This office is not in the file.",
            ));
        }
    };
    parse(&office)
}

fn no_json(error: &serde_json::Error) -> Problem {
    let line = error.line();
    Problem::field(
        "JSON",
        &format!("Berkas ini bukan JSON yang benar. Periksa baris {line}."),
        &format!("This file is not valid JSON. Look at line {line}."),
    )
}

/// What is wrong with a file, with the path of the field.
pub(crate) fn in_file(page: &Page, problem: &Problem) -> FieldError {
    let field = problem.first_error("field").map(|field| format!("{field}: ")).unwrap_or_default();
    let text = format!("{field}{}", sentence(page, problem));
    FieldError::new("berkas", &text, &text)
}
