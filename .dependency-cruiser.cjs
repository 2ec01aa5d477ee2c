// The rule that holds the house up: a library imports core and no other library of ours. packages/nootropic and
// examples are the only places where libraries meet.
const libraries = 'validation|runtime|access|monitoring|incident|watermark'

module.exports = {
  forbidden: [
    {
      name: 'libraries-depend-only-on-core',
      severity: 'error',
      comment: 'What two libraries need goes down into core, or is passed in as a contract.',
      from: { path: `^packages/(${libraries})/` },
      to: { path: `^packages/(${libraries}|nootropic)/`, pathNot: '^packages/$1/' },
    },
    {
      name: 'core-depends-on-no-package',
      severity: 'error',
      from: { path: '^packages/core/' },
      to: { path: '^packages/(?!core/)' },
    },
    {
      name: 'nothing-depends-on-examples',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(examples|tools/(?!bench/cost|build/|testing/))' },
    },
    { name: 'no-cycles', severity: 'error', from: { path: '^(packages|examples|tools)/' }, to: { circular: true } },
    {
      name: 'no-deep-imports',
      severity: 'error',
      comment: 'Another package is its exports, not its files.',
      from: { path: '^packages/([^/]+)/' },
      to: {
        path: '^packages/[^/]+/src/',
        pathNot: ['^packages/$1/', 'src/index\\.ts$', 'src/[a-z]+/index\\.ts$', 'src/[a-z]+/[a-z0-9]+/index\\.ts$'],
      },
    },
    {
      name: 'no-deep-imports-from-outside',
      severity: 'error',
      from: { path: '^(examples|tools)/' },
      to: {
        path: '^packages/[^/]+/src/',
        pathNot: ['src/index\\.ts$', 'src/[a-z]+/index\\.ts$', 'src/[a-z]+/[a-z0-9]+/index\\.ts$'],
      },
    },
    {
      name: 'core-root-is-light',
      severity: 'error',
      comment: "core's root import loads zod only; everything heavier is a subpath.",
      from: { path: '^packages/core/src/([^/]+\\.ts|contracts/)' },
      to: { path: '^packages/core/src/(manifest|crypto|formats|storage|inference|page)/' },
    },
    {
      name: 'only-inference-loads-onnxruntime',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: '^packages/core/src/inference/' },
      to: { path: 'onnxruntime-(node|common)' },
    },
    {
      name: 'source-uses-no-development-dependency',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm-peer', 'npm-optional', 'type-only'] },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: { path: '^(packages|examples|tools)/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Our own builds only: a package that stands in a dist folder of node_modules is still an import.
    exclude: { path: '^(packages|examples|tools)/[^/]+/(dist|coverage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      conditionNames: ['@nootropic/source', 'import', 'types', 'default'],
      exportsFields: ['exports'],
    },
  },
}
