/** A technique of MITRE ATLAS that a sign of this kind can belong to. */
export interface Technique {
  readonly id: string
  readonly name: string
}

// MITRE ATLAS 5.6.0. A sign is no proof: these are what to look for, not who did it.
const techniques = {
  denial: { id: 'AML.T0029', name: 'Denial of AI Service' },
  cost: { id: 'AML.T0034', name: 'Cost Harvesting' },
  erosion: { id: 'AML.T0031', name: 'Erode AI Model Integrity' },
  adversarial: { id: 'AML.T0043', name: 'Craft Adversarial Data' },
} as const satisfies Record<string, Technique>

const byRule = new Map<string, readonly Technique[]>([
  ['latency', [techniques.denial, techniques.cost]],
  ['error-rate', [techniques.denial, techniques.erosion, techniques.adversarial]],
])

/** The techniques to consider for the rule of an alert; rules of the policy are those without `policy-`. */
export const techniquesOfRule = (rule: string): readonly Technique[] => byRule.get(rule.replace(/^policy-/, '')) ?? []
