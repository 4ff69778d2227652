package io.recordsync.benchmark;

/**
 * Contact ids that lie all over the range of ids, so that an index meets them in no order, as an org deletes its contacts.
 *
 * <p>The same number gives the same well-formed id here and in SQL; ten million numbers, from 0, give as many ids.
 */
final class SpreadIds {

    // Odd, so that no two numbers meet; small enough that SQLite's integers hold the product.
    private static final long STEP = 0x9E3779B97FL;
    private static final long MASK = (1L << 40) - 1;
    /** Of the first fifteen characters only the R is upper case. */
    private static final String CHECKSUM = "IAA";

    /** The id of the number in column {@code i}. */
    static final String SQL = "'003Rj' || printf('%010x', (i * " + STEP + ") & " + MASK + ") || '" + CHECKSUM + "'";

    private SpreadIds() {}

    static String of(long i) {
        return "003Rj%010x%s".formatted(i * STEP & MASK, CHECKSUM);
    }
}
