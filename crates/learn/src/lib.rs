//! The algorithm catalogue behind linfa's traits: fit and predict
