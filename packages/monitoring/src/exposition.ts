/** One line of a metric: `<family><suffix>{labels} value`. */
export interface Sample {
  readonly suffix?: '_bucket' | '_sum' | '_count'
  readonly labels: readonly (readonly [name: string, value: string])[]
  /** The upper edge of a `_bucket`, as it shall be written. */
  readonly le?: string
  readonly value: number
}

/** A metric with its help, its type and its samples. */
export interface MetricFamily {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly samples: readonly Sample[]
}

/** The media type of {@link renderExposition}'s text. */
export const expositionContentType = 'text/plain; version=0.0.4; charset=utf-8'

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '"': '\\"' }

const renderNumber = (value: number): string =>
  Number.isFinite(value) || Number.isNaN(value) ? String(value) : value > 0 ? '+Inf' : '-Inf'

const renderLabel = ([name, value]: Sample['labels'][number]): string =>
  `${name}="${value.replaceAll(/[\\\n"]/g, (found) => escapes[found] ?? found)}"`

const renderFamily = ({ name, help, type, samples }: MetricFamily): string => {
  let text = `# HELP ${name} ${help.replaceAll(/[\\\n]/g, (found) => escapes[found] ?? found)}\n# TYPE ${name} ${type}\n`
  let labels: Sample['labels'] | undefined
  let written = ''
  for (const sample of samples) {
    // All buckets of a series share its labels, which are the costly part.
    if (sample.labels !== labels) {
      labels = sample.labels
      written = labels.map(renderLabel).join(',')
    }
    const edge = sample.le === undefined ? '' : `${written === '' ? '' : ','}le="${sample.le}"`
    const inside = written === '' && edge === '' ? '' : `{${written}${edge}}`
    text += `${name}${sample.suffix ?? ''}${inside} ${renderNumber(sample.value)}\n`
  }
  return text
}

/**
 * Families in the text format 0.0.4 of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/). Names
 * and label names must already be valid; label values and help may hold any text.
 */
export const renderExposition = (families: readonly MetricFamily[]): string => families.map(renderFamily).join('')
