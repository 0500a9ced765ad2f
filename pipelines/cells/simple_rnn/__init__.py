"""The simple recurrent network: its Keras layer and its compiled loop."""
