"""Scheduled sampling: in training, a decoder reads its own words, rarely at first and more often later."""

import keras


class ScheduledSampling(keras.callbacks.Callback):
    """Raises the share of a decoder's own words among those it reads, epoch by epoch, from 0 to its last value.

    Args:
        share: that of the last epoch.
        epochs: how many there are.

    Reference: Bengio, Vinyals, Jaitly & Shazeer, "Scheduled Sampling for Sequence Prediction with Recurrent Neural
    Networks", NeurIPS 2015, section 2.4 (the linear decay).
    """

    def __init__(self, share: float, epochs: int) -> None:
        super().__init__()
        self.share, self.epochs = share, epochs

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self.model.sampled_share.assign(self.share * epoch / max(1, self.epochs - 1))
