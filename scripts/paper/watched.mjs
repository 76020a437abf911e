/** An inference that shows what goes through it: `look({ grid, cube, result })` is awaited before each answer is passed on. */
export function watched(inference, look) {
  return {
    model: inference.model,
    async infer(grid, context) {
      const copy = grid.slice(); // the grid itself is moved into the network
      const result = await inference.infer(grid, context);
      await look({ grid: copy, cube: context.cube, result });
      return result;
    },
    status: () => inference.status(),
    close: () => inference.close(),
  };
}
