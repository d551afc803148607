//! seameet-pipeline.
