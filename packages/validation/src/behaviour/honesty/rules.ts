import { ruleTable } from '../../scan/rule.ts'

/** Why figures about a model's robustness may say more than is true. */
export const honestyRules = ruleTable('behaviour', {
  'masked-gradient': {
    severity: 'low',
    title: 'The model hides its gradient',
    explanation:
      'Attacks by gradient follow the slope of a loss. Where most examples have none, such an attack stands still and the model looks robust though it is not.',
    remediation: 'Read the results of the black-box attacks; a model without slope is not a robust model.',
    tags: ['AML.T0043'],
    references: ['https://arxiv.org/abs/1802.00420'],
  },
  'saturated-loss': {
    severity: 'low',
    title: 'The cross-entropy is flat where the margin is not',
    explanation:
      'Scores lie so far apart that the probability of every wrong class is nothing in floating point: the cross-entropy has no slope, and an attack that follows it alone finds nothing. The margin of the same scores falls as it should.',
    remediation:
      'Judge the model by attacks on the margin or the difference of logits ratio, never by cross-entropy alone.',
    tags: ['AML.T0043'],
    references: ['https://arxiv.org/abs/1608.04644', 'https://arxiv.org/abs/2003.01690'],
  },
  'black-box-beats-white-box': {
    severity: 'medium',
    title: 'An attack without the gradient finds more than one with it',
    explanation:
      'Who sees the gradient knows more than who sees scores only. Where the blinder attack wins, the gradient misleads, and robustness measured with it is not there.',
    remediation: 'Take the black-box result as the figure, and look for what makes the gradient noisy or flat.',
    tags: ['AML.T0043'],
    references: ['https://arxiv.org/abs/1802.00420', 'https://arxiv.org/abs/1902.06705'],
  },
  'accuracy-rises-with-radius': {
    severity: 'medium',
    title: 'A larger radius leaves more answers standing',
    explanation:
      'Every example inside a small ball lies in the larger one, too. Where the attack finds fewer examples in the larger ball, it fails for reasons of its own, and its figures are no bound.',
    remediation: 'Use more steps, restarts and other losses until accuracy falls with the radius.',
    tags: ['AML.T0043'],
    references: ['https://arxiv.org/abs/1902.06705'],
  },
  'withstands-any-change': {
    severity: 'medium',
    title: 'The attack fails although every change is allowed',
    explanation:
      'With a radius as wide as the domain an example may become that of another class, so a working attack changes every answer. Where answers stand, the attack is misled and not the model strong.',
    remediation: 'Do not report robustness from this attack; look for a masked gradient.',
    tags: ['AML.T0043'],
    references: ['https://arxiv.org/abs/1902.06705', 'https://arxiv.org/abs/1802.00420'],
  },
  'random-answers': {
    severity: 'medium',
    title: 'The same input gets different answers',
    explanation:
      'Chance inside the model makes every measurement of it a sample: an attack sees another model at each step, and is stopped by noise that an attacker averages away.',
    remediation: 'Average over many runs before you judge the model, or remove what is random.',
    tags: ['AML.T0043'],
    references: ['https://arxiv.org/abs/1802.00420'],
  },
  'wrong-input-domain': {
    severity: 'high',
    title: 'The inputs are not what the model was trained on',
    explanation:
      'The answers are right only when the inputs are scaled otherwise, or the inputs do not fit the domain that they are said to have. Every figure measured on them, and every epsilon, means something else.',
    remediation: 'Declare the preprocessing and the domain that the model expects, and validate again.',
    tags: ['CWE-20'],
  },
  'constant-answers': {
    severity: 'high',
    title: 'The model gives one answer to everything',
    explanation:
      'Its scores are the same whatever it is shown. No attack changes such an answer, so it would score as robust.',
    remediation: 'Train or export the model again.',
    tags: ['CWE-1039'],
  },
  'dead-layer': {
    severity: 'medium',
    title: 'Nearly all units of a layer never move',
    explanation:
      'Their output is the same for every example: nothing goes through them, forwards or backwards. The model has less than it seems to, and attacks by gradient have little to follow.',
    remediation: 'Train the model again with a lower rate or another start; check the scaling of the inputs first.',
    tags: ['CWE-1039'],
  },
  'quantised-input': {
    severity: 'low',
    title: 'The model rounds its input',
    explanation:
      'Small changes of the input change nothing at all, larger ones do: the input goes through steps. The slope is nothing or wrong there, and attacks by gradient are blind although a step is easily taken.',
    remediation: 'Attack the model behind the rounding, or by black-box attacks whose steps are larger.',
    tags: ['AML.T0043'],
    references: ['https://arxiv.org/abs/1802.00420'],
  },
})
