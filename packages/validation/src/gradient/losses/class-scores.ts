import type { GraphBuilder } from '../graph-builder.ts'
import type { LogitSource } from '../head.ts'

/** The class scores of a head as `[batch, classes]`, and how a slope of them goes back to what they come from. */
export const classScores = (
  graph: GraphBuilder,
  head: LogitSource,
): { readonly scores: string; back(slope: string): string } => {
  const isSingle = head.activation === 'sigmoid'
  const flat = graph.add('Reshape', [head.logits, graph.integers([-1, isSingle ? 1 : head.classes])])
  // One sigmoid is a softmax over 0 and its logit.
  const scores = isSingle ? graph.add('Concat', [graph.add('Sub', [flat, flat]), flat], { axis: 1n }) : flat
  return {
    scores,
    back: (slope) =>
      graph.reshapeLike(
        isSingle ? graph.add('Gather', [slope, graph.integers([1])], { axis: 1n }) : slope,
        head.logits,
      ),
  }
}
