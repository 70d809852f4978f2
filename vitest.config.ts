import { defineConfig } from 'vitest/config';

/** Real servers and the real Electron share two cores: files of these projects run one after the other. */
const oneAtATime = { fileParallelism: false, testTimeout: 60_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    // By itself it leaves one of two cores to nobody.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.{ts,tsx}', 'test/architecture.test.ts'],
          setupFiles: ['test/support/property-seed.ts'],
          testTimeout: 20_000,
          // Loading the windows with all they import takes a busy machine more than the usual ten seconds.
          hookTimeout: 60_000,
        },
      },
      { test: { name: 'integration', include: ['test/integration/**/*.test.ts'], ...oneAtATime } },
      { test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], ...oneAtATime } },
      // Not a test: `npm run screenshots` takes pictures with what the tests know.
      {
        test: {
          name: 'screenshots',
          include: ['test/screenshots/**/*.shots.ts'],
          ...oneAtATime,
          testTimeout: 300_000,
        },
      },
    ],
  },
});
