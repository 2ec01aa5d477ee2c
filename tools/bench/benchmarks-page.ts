/** What one bench printed, under the title of its section. */
export interface Section {
  readonly title: string
  readonly body: string
}

const preface = `# Benchmarks

Made by \`pnpm bench\`, or \`pnpm bench NAME …\` for some of them. Ratios are against a rival measured in the same run; medians,
because machines are noisy.
`

/** The sections of a page that {@link writePage} made. */
export const readPage = (page: string): Section[] =>
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [title = '', ...lines] = section.split('\n')
      return { title, body: lines.join('\n').trim() }
    })

export const writePage = (sections: readonly Section[]): string =>
  [preface, ...sections.map(({ title, body }) => `## ${title}\n\n${body}\n`)].join('\n')
