import { expect, test } from 'vitest'
import { type BehaviourReport, behaviourPage, behaviourReportSchema, behaviourText } from '../../src/behaviour/index.ts'
import { drawHeatMap } from '../../src/report/page/heat-map.ts'
import { drawPicture } from '../../src/report/page/picture-drawing.ts'
import { pictureOf } from '../../src/report/picture.ts'

const hostile = '"><script>alert(1)</script><img src=https://example.org/x onerror=alert(1)>\u202e\u001b[31m'
const picture = { width: 2, height: 1, channels: 1 as const, pixels: [0, 255] }

/** A report whose every text is hostile. */
const report: BehaviourReport = behaviourReportSchema.parse({
  schemaVersion: 1,
  subject: { path: hostile, format: 'onnx', digest: `sha256:${'a'.repeat(64)}` },
  verdict: 'fail',
  data: { examples: 10, clean: 0.9, measure: 'accuracy', isMadeUp: false, domain: [0, 1] },
  scores: { [hostile]: { value: 0.5, threshold: 0.8, basis: hostile } },
  stages: [{ name: hostile, verdict: 'incomplete', durationMs: 1, measurements: { [hostile]: 1 }, note: hostile }],
  attacks: {
    verdict: 'incomplete',
    isWhiteBox: true,
    attacks: [
      {
        attack: hostile,
        title: hostile,
        reference: hostile,
        norm: 'linf',
        kind: 'bounded',
        needs: 'slopes',
        isEstimated: false,
        verdict: 'incomplete',
        curve: [{ epsilon: 0.1, radius: 0.1, standing: 3, undecided: 2, share: 0.3 }],
        queries: 7,
        distances: { least: 0.1, median: 0.1, greatest: 0.1 },
        effort: { steps: 1 },
        seed: 1,
        durationMs: 1,
        note: hostile,
      },
    ],
    worstCase: [
      {
        norm: 'linf',
        attacks: [hostile],
        curve: [{ epsilon: 0.1, radius: 0.1, standing: 3, undecided: 2, share: 0.3 }],
        fallen: [{ row: 1, label: 2, attack: hostile, epsilon: 0.1, distance: 0.1 }],
      },
    ],
    judgedAt: 0.1,
    pictures: [{ row: 1, label: 2, answer: 3, attack: hostile, epsilon: 0.1, original: picture, changed: picture }],
    notes: [hostile],
  },
  corruptions: {
    verdict: 'pass',
    modality: hostile,
    examples: 10,
    measure: 'accuracy',
    clean: 0.9,
    severities: [1, 2],
    rows: [{ name: hostile, title: hostile, shares: [{ severity: 1, share: 0.25 }] }],
    meanCorruptionError: 0.4,
    stopped: hostile,
  },
  privacy: {
    verdict: 'incomplete',
    declared: [{ id: 'contact', topic: hostile, question: hostile, isDeclared: true, where: hostile }],
    attacks: [{ attack: hostile, verdict: 'fail', note: hostile, queries: 1 }],
    reconstructions: [{ label: 1, similarity: 0.5, picture }],
  },
  findings: [
    {
      rule: 'behaviour/x',
      severity: 'high',
      title: hostile,
      message: hostile,
      location: { path: hostile },
      remediation: hostile,
      references: [],
      tags: [],
    },
  ],
  skipped: [{ name: hostile, reason: hostile }],
  plan: { seed: 1, budgetMs: 1000, stopped: hostile },
  environment: { [hostile]: hostile },
  startedAt: '2026-01-01T00:00:00.000Z',
  durationMs: 5,
})

test('nothing out of a model reaches the page as markup, and the page asks nobody for anything', () => {
  const page = behaviourPage(report)
  for (const forbidden of ['<script', '<img', '<link', '<iframe', '\u202e', '\u001b'])
    expect(page.includes(forbidden), forbidden).toBe(false)
  expect(page).toContain("default-src 'none'")
  expect(page.match(/https?:\/\//g)?.length).toBe(page.match(/src=https:\/\/example/g)?.length)
  expect(page).toContain('&lt;script&gt;')
})

test('every part of a report is on the page, with what was not done', () => {
  const page = behaviourPage(report)
  for (const part of ['Scores', 'Findings', 'Attacks', 'Common corruptions', 'Privacy', 'What was done', 'Not done'])
    expect(page).toContain(`<h2>${part}`)
  expect(page).toContain('2 undecided')
  expect(page).toContain('class 2 → 3')
})

test('a report without parts is a page that says so', () => {
  const { attacks: _, corruptions: __, privacy: ___, data: ____, ...bare } = report
  expect(behaviourPage({ ...bare, findings: [], skipped: [], scores: {} })).toContain('<p>None.</p>')
})

test('the text says in lines what the page shows', () => {
  const text = behaviourText(report)
  expect(text).toContain('10 examples, 90 % answered as labelled')
  expect(text).toContain('0.1: 30 % (2 undecided)')
  expect(text).toContain('mean corruption error 40 %')
  expect(text).toContain('not done: ')
})

test('a cell of a heat map says its share, and what was not measured is not drawn as nothing', () => {
  const { text } = drawHeatMap({
    title: 't',
    columns: 'severity',
    heads: [1, 2, 3],
    rows: [{ name: 'fog', shares: [1, 0, undefined] }],
  })
  expect(text.match(/fill-opacity="[\d.]+"/g)).toEqual(['fill-opacity="0.000"', 'fill-opacity="0.550"'])
  expect(text).toContain('>0 %<')
  expect(text).toContain('>–<')
})

test('a picture is drawn in runs of one shade', () => {
  const { text } = drawPicture({ width: 3, height: 1, channels: 1, pixels: [0, 0, 255] }, 'three')
  expect(text).toContain('<path fill="#000000" d="M0 0h2v1h-2z"/>')
  expect(text).toContain('<path fill="#ffffff" d="M2 0h1v1h-1z"/>')
})

test('pictures are read in either layout, from rows of pixels, and sampled when large', () => {
  const tensor = (dims: number[]) => ({
    type: 'float32' as const,
    dims,
    data: Float32Array.from({ length: dims.reduce((product, dim) => product * dim, 1) }, (_, index) => index % 2),
  })
  expect(pictureOf(tensor([2, 3, 4, 5]), 1, [0, 1])).toMatchObject({ width: 5, height: 4, channels: 3 })
  expect(pictureOf(tensor([1, 4, 5, 3]), 0, [0, 1])).toMatchObject({ width: 5, height: 4, channels: 3 })
  expect(pictureOf(tensor([1, 784]), 0, [0, 1])).toMatchObject({ width: 28, height: 28, channels: 1 })
  expect(pictureOf(tensor([1, 1, 64, 40]), 0, [0, 1])).toMatchObject({ width: 20, height: 32 })
  expect(pictureOf(tensor([1, 10]), 0, [0, 1])).toBeUndefined()
  expect(pictureOf(tensor([1, 7, 4, 5]), 0, [0, 1])).toBeUndefined()
})

test('nothing out of a model moves the cursor of a terminal', () => {
  expect(behaviourText(report).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
})
