"""How a model works as a whole: what drives it, how each input moves it, and how steady its answers are."""
