// A reporter of node's test runner that writes only the counts, as JSON: the numbers of the final
// line are taken from here rather than read out of text that a test could print as well.

export default async function* count(source) {
  const counts = { passed: 0, failed: 0 };
  for await (const { type, data } of source) {
    // The summary without a file is that of the whole run.
    if (type !== 'test:summary' || data.file !== undefined) continue;
    counts.passed = data.counts.passed;
    counts.failed = data.counts.tests - data.counts.passed - data.counts.skipped - data.counts.todo;
  }
  yield JSON.stringify(counts);
}
