/** A name and a value that the format has no member for; names are kept apart by a prefix and `:`. */
export interface Property {
  readonly name: string
  readonly value: string
}

/** A licence by its SPDX id, or by its own name where SPDX has none. */
export interface License {
  readonly license: {
    readonly id?: string
    readonly name?: string
    readonly url?: string
    /** Said by the author of the component, not concluded from its text. */
    readonly acknowledgement: 'declared'
  }
}

/** A data set that a model was trained or tested with. */
export interface DatasetReference {
  readonly type: 'dataset'
  readonly name: string
  readonly description?: string
  readonly contents?: { readonly url: string }
}

/** A figure that the model's author gives. */
export interface PerformanceMetric {
  readonly type: string
  readonly value?: string
  readonly slice?: string
}

/** What a model is, how good it is said to be, and what to think of before it is used. */
export interface ModelCardComponent {
  readonly modelParameters?: {
    readonly task?: string
    readonly architectureFamily?: string
    readonly modelArchitecture?: string
    readonly datasets?: readonly DatasetReference[]
    readonly inputs?: readonly { readonly format: string }[]
    readonly outputs?: readonly { readonly format: string }[]
  }
  readonly quantitativeAnalysis?: { readonly performanceMetrics: readonly PerformanceMetric[] }
  readonly considerations?: {
    readonly useCases?: readonly string[]
    readonly technicalLimitations?: readonly string[]
    readonly ethicalConsiderations?: readonly { readonly name: string }[]
  }
  readonly properties?: readonly Property[]
}

/** Something that a bill of materials lists. */
export interface Component {
  readonly type: 'application' | 'file' | 'library' | 'machine-learning-model'
  readonly 'bom-ref'?: string
  readonly name: string
  readonly version?: string
  readonly hashes?: readonly { readonly alg: 'SHA-256'; readonly content: string }[]
  readonly licenses?: readonly License[]
  readonly purl?: string
  readonly pedigree?: { readonly ancestors: readonly Component[]; readonly notes?: string }
  readonly components?: readonly Component[]
  readonly modelCard?: ModelCardComponent
  readonly properties?: readonly Property[]
  readonly tags?: readonly string[]
}

/** How much of what there is a list holds. */
export interface Composition {
  readonly aggregate: 'complete' | 'incomplete' | 'unknown'
  readonly assemblies?: readonly string[]
  readonly dependencies?: readonly string[]
}

/** A bill of materials in the JSON form of CycloneDX 1.6 (ECMA-424), as far as one of a model needs it. */
export interface ModelBom {
  readonly $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json'
  readonly bomFormat: 'CycloneDX'
  readonly specVersion: '1.6'
  readonly serialNumber: string
  readonly version: 1
  readonly metadata: {
    readonly timestamp: string
    readonly tools: { readonly components: readonly Component[] }
    readonly component: Component
    readonly properties?: readonly Property[]
  }
  readonly components: readonly Component[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[]
  readonly compositions: readonly Composition[]
}
