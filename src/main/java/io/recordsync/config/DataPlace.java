package io.recordsync.config;

/**
 * The folder that stands for {@code ./data}: where the start named one, what has its default place in {@code ./data} is there, also
 * where the file repeats the default.
 */
final class DataPlace {

    private static final String PROPERTY = "recordsync.data";
    private static final String DEFAULT = "./data";

    private DataPlace() {}

    static Value of(Key<?> key, Value value) {
        return of(key, value, System.getProperty(PROPERTY, ""));
    }

    /** @param place empty where the start named none */
    static Value of(Key<?> key, Value value, String place) {
        boolean atItsDefault = value.mistake() == null
                && key.byDefault().filter(value.text()::equals).isPresent()
                && value.text().contains(DEFAULT);
        return place.isEmpty() || !atItsDefault
                ? value
                : new Value(value.name(), value.text().replace(DEFAULT, place), value.source());
    }
}
