"""Flask, under gunicorn: https://flask.palletsprojects.com/en/stable/deploying/gunicorn/."""

from flask import Flask, Response, jsonify, request

from benchmarks.peer_apps.loaded import load

__all__ = ["app"]

app = Flask(__name__)
model = load()


@app.post("/predict")
def predict() -> Response:
    """Answer one record."""
    return jsonify(model.answer([request.get_json()])[0])
