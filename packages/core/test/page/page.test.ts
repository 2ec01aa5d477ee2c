import fc from 'fast-check'
import { expect, test } from 'vitest'
import { histogramChart, html, lineChart, page, table } from '../../src/page/index.ts'

test('a value cannot leave its place: no tag, no attribute, no entity, no reordering character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const { text } = html`<p title="${value}">${value}</p>`
      expect(text.match(/[<>]/g)).toEqual(['<', '>', '<', '>'])
      expect(text.match(/"/g)).toHaveLength(2)
      expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/)
    }),
    { seed: 79, numRuns: 1000 },
  )
})

test('a page has no script and asks for nothing from outside, whatever the names in it', () => {
  const hostile = '</title><script>alert(1)</script><img src=x onerror=alert(1)>'
  const text = page({
    title: hostile,
    body: [
      html`<h1>${hostile}</h1>`,
      table([{ title: hostile }, { title: 'n', number: true }], [[hostile, 3]]),
      lineChart({
        title: hostile,
        x: { label: hostile },
        y: { label: 'y', range: [0, 1] },
        series: [
          {
            name: hostile,
            points: [
              [0, 1],
              [1, 0.5],
              [2, Number.NaN],
            ],
          },
        ],
      }),
    ],
  })
  expect(text.replaceAll('&lt;', '')).not.toMatch(/<(script|img|link|iframe|object)\b|(src|href)="/i)
  expect(text).toContain("default-src 'none'")
})

test('charts draw what they are given and stay whole on empty or flat data', () => {
  const flat = lineChart({
    title: 't',
    x: { label: 'x' },
    y: { label: 'y' },
    series: [{ name: 's', points: [[1, 1]] }],
  })
  const empty = lineChart({ title: 't', x: { label: 'x' }, y: { label: 'y' }, series: [] })
  const bins = histogramChart({
    title: 'latency',
    x: { label: 'ms' },
    y: { label: 'runs' },
    bins: [
      { from: 0, to: 1, count: 4 },
      { from: 1, to: 2, count: 0 },
    ],
    threshold: { value: 1.5, label: 'limit' },
  })
  expect(bins.text.match(/<rect/g)).toHaveLength(2)
  expect(bins.text).toContain('aria-label="latency. 4 values in 2 bars"')
  for (const { text } of [flat, empty, bins]) expect(text).not.toMatch(/NaN|Infinity|undefined/)
})
