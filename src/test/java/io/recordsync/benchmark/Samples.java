package io.recordsync.benchmark;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** The values of one figure over the runs. */
record Samples(List<Double> values) {

    static Samples of(double... values) {
        return new Samples(DoubleStream.of(values).boxed().toList());
    }

    static <T> Samples of(List<T> runs, ToDoubleFunction<T> figure) {
        return new Samples(runs.stream().map(figure::applyAsDouble).toList());
    }

    double median() {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** The median, and the least and the greatest where there are several. */
    String text(String unit) {
        double least = values.stream().min(Double::compare).orElseThrow();
        double greatest = values.stream().max(Double::compare).orElseThrow();
        String spread =
                values.size() == 1 ? "" : " (%s–%s of %d)".formatted(number(least), number(greatest), values.size());
        return number(median()) + unit + spread;
    }

    /** Three digits, or all before the point. */
    static String number(double value) {
        String form = Math.abs(value) >= 100 ? "%,.0f" : Math.abs(value) >= 10 ? "%.1f" : "%.2f";
        return form.formatted(value);
    }
}
