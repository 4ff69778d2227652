package io.recordsync.benchmark;

/** What was asked for on the command line of {@code mvn -Pbenchmark verify}. */
final class Options {

    /** {@code -Dbenchmark=…}: a part of the names of the rows to run; empty = all, with a report. */
    static final String ONLY = System.getProperty("benchmark", "");
    /** {@code -Dbenchmark.runs=5} */
    static final int RUNS = Integer.getInteger("benchmark.runs", 5);
    /** {@code -Dbenchmark.scale=1}: what every size is multiplied by. */
    static final double SCALE = Double.parseDouble(System.getProperty("benchmark.scale", "1"));
    /** {@code -Dbenchmark.baseline=…}: the zip of another build, which each goal is compared with as well; empty = none. */
    static final String BASELINE = System.getProperty("benchmark.baseline", "");
    /** {@code -Dbenchmark.minutes=60}: of the soak. */
    static final int MINUTES = Integer.getInteger("benchmark.minutes", 60);

    private Options() {}

    /** In whole batches of one hundred. */
    static int scaled(int size) {
        return Math.max(1, (int) Math.ceil(size * SCALE / 100)) * 100;
    }

    static void say(String line) {
        System.out.println("Benchmark: " + line);
    }
}
