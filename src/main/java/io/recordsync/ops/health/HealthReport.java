package io.recordsync.ops.health;

import java.util.List;
import java.util.stream.Stream;

/**
 * Green, amber or red, and why.
 *
 * @param level {@code green}, {@code amber} or {@code red}
 * @param reasons for people; empty when green
 */
public record HealthReport(String level, List<String> reasons) {

    /**
     * Red when a check is down, with what they say; else amber when there is something to look at.
     *
     * @param toLookAt what is no reason to be not ready
     */
    public static HealthReport of(List<String> down, List<String> toLookAt) {
        String level = !down.isEmpty() ? "red" : toLookAt.isEmpty() ? "green" : "amber";
        return new HealthReport(
                level, Stream.concat(down.stream(), toLookAt.stream()).toList());
    }
}
