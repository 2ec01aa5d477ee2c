// Units of UCUM as Prometheus writes them into names (https://prometheus.io/docs/practices/naming/).
const unitSuffixes = new Map([
  ['s', 'seconds'],
  ['By', 'bytes'],
  ['1', 'ratio'],
])

const replaceForbidden = (text: string): string => text.replaceAll(/[^a-zA-Z0-9_]/g, '_')

// An annotation in braces is no unit (UCUM 12).
const annotation = /\{[^{}]*\}/g

/**
 * The Prometheus name of an OpenTelemetry metric: dots become `_`, the unit is written out at the end.
 *
 * @example
 * ```ts
 * metricName('nootropic.inference.duration', 's') // 'nootropic_inference_duration_seconds'
 * ```
 */
export const metricName = (name: string, unit: string): string => {
  const base = replaceForbidden(name).replace(/^(?=\d|$)/, '_')
  const suffix = unitSuffixes.get(unit) ?? replaceForbidden(unit.replace(annotation, ''))
  return suffix === '' || base.endsWith(`_${suffix}`) ? base : `${base}_${suffix}`
}

/** The Prometheus label of an OpenTelemetry attribute. What Prometheus keeps for itself (`le`, `__x`) is renamed. */
export const labelName = (key: string): string => {
  const label = replaceForbidden(key)
  if (label === 'le' || label === 'quantile') return `exported_${label}`
  return label.replace(/^(?=\d|$)/, 'key_').replace(/^__/, 'key__')
}
