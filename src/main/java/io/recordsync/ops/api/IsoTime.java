package io.recordsync.ops.api;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** An instant that an answer shows in ISO 8601, in UTC: {@code 2026-03-01T12:00:00Z}; null while it has not come. */
@JacksonAnnotationsInside
@JsonSerialize(using = ToStringSerializer.class)
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
@interface IsoTime {}
