import { Html } from './html.ts'

// Colours hold WCAG 2.2 AA contrast on both backgrounds; series also differ by dash, not by colour alone.
export const style = new Html(`
:root { color-scheme: light dark; --ink: #1c2330; --soft: #5b6575; --line: #d9dee6; --paper: #ffffff; --panel: #f6f8fa;
  --series-1: #1f6feb; --series-2: #b35900; --series-3: #1a7f37; --pass: #1a7f37; --fail: #c5221f; --incomplete: #8a5a00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --soft: #9aa5b5; --line: #323b49; --paper: #11161e;
  --panel: #19202b; --series-1: #6aa9ff; --series-2: #f0a355; --series-3: #5fd07e; --pass: #5fd07e; --fail: #ff8a80; --incomplete: #e8b84b; } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 62rem; padding: 2rem 1.25rem 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, sans-serif }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .25rem } h2 { font-size: 1.15rem; margin: 2.5rem 0 .75rem }
p { margin: .5rem 0; max-width: 46rem } .soft { color: var(--soft) }
table { border-collapse: collapse; width: 100%; font-size: .92rem; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: .45rem .75rem .45rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
th { color: var(--soft); font-weight: 600 } td.number, th.number { text-align: right }
.scroll { overflow-x: auto }
code { font: .88em ui-monospace, monospace; overflow-wrap: anywhere }
figure { margin: 1rem 0; padding: 1rem; background: var(--panel); border: 1px solid var(--line); border-radius: .6rem }
figcaption { font-weight: 600; margin-bottom: .5rem } svg { display: block; width: 100%; height: auto }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(24rem, 1fr)); gap: 1rem }
@media (max-width: 30rem) { .figures { grid-template-columns: 1fr } }
.pass { color: var(--pass) } .fail { color: var(--fail) } .incomplete { color: var(--incomplete) }
.axis { stroke: var(--line) } .tick { fill: var(--soft); font-size: 12px } .label { fill: var(--ink); font-size: 12px }
.series { fill: none; stroke-width: 2 } .bar { fill: var(--series-1) } .threshold { stroke: var(--fail); stroke-dasharray: 5 4 }
`)
