"""What an image does where a script that serves has no function of its own for it: a module for each image.

A module has the name of the image's folder in `algorithms`, and two functions:

- `decode(content, content_type)`: the rows of a request, as the image's `predict` takes them. It raises
  `UnsupportedFormatError` for other types;
- `predict(data, model)`: the predictions of what `model_fn` returned.
"""
