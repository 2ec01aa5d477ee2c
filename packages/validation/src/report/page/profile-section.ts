import { type Html, html, lineChart, table } from '@nootropic/core/page'
import type { ProfileReport } from '../profile-figures.ts'
import { figure, percent } from './figures.ts'

const latencyChart = ({ runs }: ProfileReport, threads: number): Html => {
  const chosen = runs.filter((run) => run.threads === threads)
  const points = (pick: (run: ProfileReport['runs'][number]) => number) =>
    chosen.map((run) => [run.batch, pick(run)] as const)
  return lineChart({
    title: `Latency, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    x: { label: 'examples a run' },
    y: { label: 'milliseconds' },
    series: [
      { name: 'median', points: points(({ latency }) => latency.p50Ms) },
      { name: '95 of 100', points: points(({ latency }) => latency.p95Ms) },
      { name: '99 of 100', points: points(({ latency }) => latency.p99Ms) },
    ],
  })
}

/** How long runs take, and what of it each operator. */
export const profileSection = (report: ProfileReport): Html => html`<h2>Latency</h2>
<div class="figures">${[...new Set(report.runs.map(({ threads }) => threads))].map((threads) => latencyChart(report, threads))}</div>
${table(
  [
    { title: 'Examples', number: true },
    { title: 'Threads', number: true },
    { title: 'Median ms', number: true },
    { title: 'p95 ms', number: true },
    { title: 'p99 ms', number: true },
    { title: 'Examples a second', number: true },
  ],
  report.runs.map(({ batch, threads, latency, throughput }) => [
    batch,
    threads,
    figure(latency.p50Ms),
    figure(latency.p95Ms),
    figure(latency.p99Ms),
    Math.round(throughput),
  ]),
)}
${
  report.operators.length === 0
    ? undefined
    : table(
        [
          { title: 'Operator' },
          { title: 'Nodes', number: true },
          { title: 'ms alone', number: true },
          { title: 'Share', number: true },
        ],
        report.operators.map(({ operator, nodes, milliseconds, share }) => [
          operator,
          nodes,
          figure(milliseconds),
          percent(share),
        ]),
      )
}`
