"""Same seed, same numbers."""


def seed_everything(seed: int) -> None:
    """Seeds Python, NumPy and Keras, and makes TensorFlow's operations deterministic."""
    import keras

    keras.utils.set_random_seed(seed)
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        tensorflow.config.experimental.enable_op_determinism()
