"""Importing this uses a data frame once, while files can still be read: the libraries import some parts only then.

scikit-learn looks through the names of columns with narwhals, which looks for its own extensions on the disk at its
first data frame. A child is shut in before it gets its model, and cannot read files any more. Child side.
"""

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.preprocessing import OneHotEncoder, StandardScaler


def use_a_data_frame() -> None:
    """Two columns through the steps that look at names."""
    frame = pd.DataFrame(np.array([[1.0, 2.0], [3.0, 4.0]]), columns=["a", "b"])
    steps = ColumnTransformer([("a", StandardScaler(), ["a"]), ("b", OneHotEncoder(), ["b"])])
    steps.fit_transform(frame)
    steps.transform(frame)


use_a_data_frame()
