import { ruleTable } from '../../scan/rule.ts'

/** Signs that a model answers otherwise when it meets a trigger, or carries what is no weight. */
export const backdoorRules = ruleTable('behaviour', {
  'trigger-found': {
    severity: 'high',
    title: 'A small mark turns every input into one class',
    explanation:
      'The least change that turns all examples into a class was searched for each class. For one it is far smaller than for all others: that is what a class looks like that a backdoor leads to. A class that is close to all others by nature can look alike.',
    remediation:
      'Put the mark that was found on inputs of your own and look at the answers; train the model again from trusted data.',
    tags: ['AML.T0018', 'AML.T0020', 'CWE-506'],
    references: ['https://doi.org/10.1109/SP.2019.00031'],
  },
  'activation-cluster': {
    severity: 'medium',
    title: 'Examples of one class stand apart inside the model and share a mark',
    explanation:
      'What the last layer reads of the examples of a class forms two groups, and the members of the smaller one have elements of their inputs in common that the others do not have. Poisoned examples look like that: they reach their class by the trigger and not by what they show.',
    remediation: 'Look at the examples that are named; take them out of the data and train again if they are marked.',
    tags: ['AML.T0020', 'AML.T0018'],
    references: ['https://arxiv.org/abs/1811.03728'],
  },
  'structured-low-bits': {
    severity: 'medium',
    title: 'The lowest bits of weights are not noise',
    explanation:
      'The lowest bits of trained float32 weights are spread evenly. In this tensor they are not, though the weights are no rounded ones: something with a structure of its own was written into them.',
    remediation:
      'Ask the author what the bits are. Rounding the weights to 16 bits destroys them and keeps the answers.',
    tags: ['CWE-506', 'CWE-515', 'AML.T0018'],
    references: ['https://doi.org/10.1145/3427228.3427268', 'https://arxiv.org/abs/2107.08590'],
  },
  'low-bits-change': {
    severity: 'medium',
    title: 'Part of a rounded tensor has bits that its neighbours do not have',
    explanation:
      'Most weights of the tensor have no low bits, as those that were once float16 or quantised. One stretch of it has them: it was written afterwards.',
    remediation: 'Ask the author what the bits are. Rounding the weights again destroys them and keeps the answers.',
    tags: ['CWE-506', 'CWE-515', 'AML.T0018'],
    references: ['https://doi.org/10.1145/3427228.3427268'],
  },
})
