package io.recordsync.deletion;

import java.util.List;
import java.util.stream.Stream;

/** Claimed deletions of one record list and one kind of identifier: what one call to Talkdesk carries. Never empty. */
public record Batch(List<ClaimedDeletion> deletions) {

    public Batch {
        deletions = List.copyOf(deletions);
        if (deletions.stream().map(ClaimedDeletion::lane).distinct().count() != 1) {
            throw new IllegalArgumentException("A batch holds deletions of one record list and one kind of identifier");
        }
    }

    /** For routes, which name a method rather than a constructor. */
    public static Batch of(List<ClaimedDeletion> deletions) {
        return new Batch(deletions);
    }

    public String recordList() {
        return deletions.get(0).recordList();
    }

    public int size() {
        return deletions.size();
    }

    public List<Long> ids() {
        return deletions.stream().map(ClaimedDeletion::id).toList();
    }

    /** The identifiers to send: rows that name the same record share one. */
    public List<Identifier> identifiers() {
        return deletions.stream().map(ClaimedDeletion::identifier).distinct().toList();
    }

    /** Whether it names one record only, so that a refusal is about that record. */
    public boolean lone() {
        return identifiers().size() == 1;
    }

    /** Two halves, to find out which record a refusal is about; rows that name the same record stay together. */
    public List<Batch> halves() {
        List<Identifier> identifiers = identifiers();
        List<Identifier> first = identifiers.subList(0, identifiers.size() / 2);
        return Stream.of(true, false).map(inFirst -> only(first, inFirst)).toList();
    }

    /** The rows whose identifier is among those given, or with {@code wanted} false the rows whose identifier is not. */
    public Batch only(List<Identifier> among, boolean wanted) {
        return new Batch(deletions.stream()
                .filter(deletion -> among.contains(deletion.identifier()) == wanted)
                .toList());
    }
}
