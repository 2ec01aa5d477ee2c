import type { Finding } from '@nootropic/core'
import type { TensorSide } from '@nootropic/core/inference'

const remediations: Readonly<Record<TensorSide, string>> = {
  input: 'Send finite numbers and well-formed text of the size and range allowed.',
  output: 'Treat the model as faulty.',
}

/** A finding about what a tensor holds. */
export const valueFinding = (side: TensorSide, rule: string, name: string, message: string): Finding => ({
  rule: `${side}/${rule}`,
  severity: 'high',
  title: `The ${side} holds what it must not`,
  message: `${side} "${name}": ${message}`,
  location: { path: side, inside: name },
  remediation: remediations[side],
  references: [],
  tags: ['CWE-20'],
})
