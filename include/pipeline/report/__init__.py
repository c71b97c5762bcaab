"""report.html: what a person looks at before trusting the model."""
