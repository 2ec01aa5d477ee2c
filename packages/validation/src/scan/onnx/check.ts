import type { Sighting } from '../rule.ts'
import type { OnnxScan } from './onnx-scan.ts'
import type { GraphAnalysis } from './values/analyse-graph.ts'

/** One family of sightings. It never runs the model and never follows a path that the model names. */
export interface OnnxCheck {
  readonly name: string
  check(scan: OnnxScan, graph: GraphAnalysis): Iterable<Sighting>
}
