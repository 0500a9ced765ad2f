"""The long short-term memory: its Keras layer and its compiled loop."""
