"""Starts the app: python app.py [--port N]. On a Hugging Face Space it is started the same way."""

from ganstudio.commands.app import main

if __name__ == "__main__":
    raise SystemExit(main())
