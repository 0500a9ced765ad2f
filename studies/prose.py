"""The page's own texts: what stands before and behind the studies."""

BEFORE = """# Studies: textbook claims about recurrent networks, tested

[По-русски](README.ru.md)

Textbooks and papers make many claims about recurrent networks. This page tests some of them, each in a small
experiment that anyone can repeat on two cores: `make studies` runs them all and writes this page. Each study has a
question, a picture and one sentence to remember; claims, figures and methods are folded below it. The page ends with
[what to remember](#what-to-remember).

## A recurrent network, and why its gradient vanishes

A recurrent network reads one word at a time. Its state h is all that it keeps of the text so far; each step makes the
next state from the previous one and the word, always with the same weights:

    h_t = tanh(x_t W + h_(t-1) U + b)

Unrolled over a text, it is a network as deep as the text is long, with the same layer again and again:

![A recurrent network unrolled over the words "France ... I speak fluent". Below, words; above them one state per
word, each computed from the state to its left by the same matrix U; above the last one the loss L. An arrow leads
from the loss back through all states: at each step the gradient is multiplied by the slope of tanh and by U
again.](drawings/unrolled.svg)

Learning means asking how the loss at the end would change if an early state were a little different. That effect has
to pass through every state in between, and each of them multiplies it by the same kind of factor: a slope of tanh, at
most 1, and U. A product of a hundred factors of 0.9 is 0.00003; a product of a hundred factors of 1.1 is 14,000. **A
gradient vanishes or explodes because it is a product of as many factors as there are steps**, and nothing keeps these
factors at one. Even an orthogonal U, which preserves norms, does not: the slope of tanh is below 1 wherever a unit is
not at 0. When the gradient vanishes, a distant word still influences the state, but training no longer finds out in
which direction to change the weights: the signal is drowned out by nearby words.

An LSTM adds a second state, c, that is not multiplied by a matrix and passes no tanh on its way. Each step only
multiplies it, number by number, by a forget gate between 0 and 1, and adds something:

![An LSTM cell, gate by gate. Along the top runs the cell state c from left to right: first multiplied by the forget
gate f, then the candidate g, multiplied by the input gate i, is added to it. Below, the previous output h and the
word x feed four small layers: the gates f, i and o with a sigmoid, the candidate g with tanh. The new output h is
tanh of c, multiplied by the output gate o. The path of c is drawn thick: it has no matrix on it, only the factor
f.](drawings/lstm.svg)

The factor along c is f itself. If the gate is open, f near 1, the product stays near 1, and the gradient arrives. If
f is 0.73, as it is at first where the gate's bias is 1, a hundred steps leave 0.73^100, about 2 in 10^14: it takes an
open gate to preserve a gradient. (Other paths lead through h, so that the measured loss is smaller.) On this page gates
are *open* if the bias of the gate that keeps the state starts at 5, so that the gate is at 99.3 %, and *default* if it
starts as in common libraries, at 1 in an LSTM and at 0 in a GRU and an SRU. Studies 1 to 4 measure this.

## How claims are judged

Every experiment is repeated with several random seeds, which set the initial weights and the order of the data. Thin
lines and small points are single seeds, thick ones their mean. Many studies share one task: after "I grew up in France.
... I speak fluent ___", name one of eight languages; chance is 12.5 %. There are four verdicts:

- **shown**: the figures support the claim, more clearly than chance can explain;
- **contradicted**: they support its opposite as clearly;
- **undecided**: neither. This does not mean that there is no effect: the verdict has to hold for all tests of the page
  together (Holm's correction), which with a few seeds demands a large effect. So an interval, which is that of one
  comparison, may exclude zero while the claim stays undecided. The smallest effect that would probably have been
  detected is given as well;
- **not testable here**: no experiment of this size can decide it.

All verdicts are about networks of this size, on these tasks, after this much training. *Train*, *dev* and *test* are
explained in the [overview](../docs/overview.md).

<details><summary>Statistics</summary>

A figure is the mean over seeds with its 95 % interval (Student's t) in parentheses. Differences are paired by seed.
Intervals are clipped to possible values: shares to 0 and 100 %, losses, times and speeds at 0. Powers of ten are
averaged as such; 2 powers of ten lost means that 1 % is left. Where seeds either learn a task or do not, or all reach
the ceiling, a mean with an interval describes none of them: there "k of n seeds" are counted and compared by Fisher's
exact test, and numbers of batches, where some networks never learn, by an exact rank test. A claim about every single
figure, such as a bound, needs no test.

With many tests some would be significant by chance alone, so all tests of this page are held at 5 % together, by Holm's
method; the intervals themselves are not corrected. The smallest detectable effect is the one that four of five
repetitions would detect at the corrected level. A claim that something is "no worse", by a margin, is not testable here
if resolving its margin would take more than 50 seeds.

Settings were changed before the figures below were measured where the first ones taught the networks nothing, or
where a remedy changed nothing (clipping, forget bias, tasks with few labels, the convolution's questions); the
convolution's sentiment figures were then measured with new seeds. The kinds of verdicts, Holm's correction and the
counting of seeds were introduced when all figures but those of study 1 had been seen. Studies 1, 4, 10 and 12, the
training of study 2, the networks of one gap of study 3, the made-up sentences of study 5 and the convolution's
questions were measured again afterwards with new seeds; studies 6, 7, 11 and all from 15 on, whose rules were older,
with seeds some of which earlier versions had used. A claim whose own rule was set after its figures were seen says so.

</details>

"""
AFTER = """
## What to remember

"""
COMPARED = """
## Other explanations

- [Understanding LSTM Networks](https://colah.github.io/posts/2015-08-Understanding-LSTMs/) (Olah, 2015) explains the
  gates better than this page does. It does not measure what it says about long-term dependencies; here it is measured,
  with default gates and with open ones.
- [Visualizing memorization in RNNs](https://distill.pub/2019/memorization-in-rnns/) (Madsen, Distill 2019) shows in a
  trained network which earlier characters a prediction depends on, better than any chart here. By its own account the
  method is qualitative; here every comparison has several seeds and a verdict that can also be "undecided".
- [The Unreasonable Effectiveness of Recurrent Neural
  Networks](https://karpathy.github.io/2015/05/21/rnn-effectiveness/) (Karpathy, 2015) shows what language models of
  characters generate and what single units respond to, on a scale that this page does not reach. It reports what
  worked; this page also reports what did not, and one command repeats all of it.
"""
