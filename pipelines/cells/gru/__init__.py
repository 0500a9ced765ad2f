"""The gated recurrent unit: its Keras layer and its compiled loop."""
