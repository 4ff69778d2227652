{{/* The name of everything. Of a Service: letters, digits and hyphens, a letter first. A StatefulSet adds 11 characters in a label. */}}
{{- define "sync.name" -}}
{{- $name := contains .Chart.Name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name .Chart.Name) | replace "." "-" -}}
{{- regexMatch "^[a-z]" $name | ternary $name (printf "sync-%s" $name) | trunc 52 | trimSuffix "-" -}}
{{- end }}

{{- define "sync.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "sync.labels" -}}
{{ include "sync.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | quote }}
{{- end }}

{{/* A kubelet does not look at the certificate. */}}
{{- define "sync.scheme" -}}
{{ hasKey .Values.settings "ops.tls.keystore" | ternary "HTTPS" "HTTP" }}
{{- end }}

{{/* application.properties. Numbers by toJson: a large one would be written 1e+06 otherwise. */}}
{{- define "sync.properties" -}}
{{- $name := include "sync.name" . -}}
{{- $namespace := .Release.Namespace -}}
{{- $hosts := list "localhost" $name (printf "%s.%s" $name $namespace) (printf "%s.%s.svc" $name $namespace) -}}
ops.allowed-hosts = {{ concat $hosts .Values.page.hosts | uniq | join "," }}
{{- range $key, $value := .Values.settings }}
{{- if hasKey $.Values.secrets $key }}{{ fail (printf "%s is in settings and in secrets (expected in one of them)" $key) }}{{ end }}
{{ $key }} = {{ kindIs "string" $value | ternary $value (toJson $value) }}
{{- end }}
{{- end }}

{{/* The pod of either kind. What is taken as it is: by toJson, for the same reason. */}}
{{- define "sync.pod" -}}
metadata:
  labels:
    {{- include "sync.labels" . | nindent 4 }}
  annotations:
    {{- range $key, $value := .Values.podAnnotations }}
    {{ $key | quote }}: {{ $value | quote }}
    {{- end }}
    # The settings are read once, at the start.
    checksum/settings: {{ include "sync.properties" . | sha256sum | quote }}
spec:
  # A Service named proxy would set PROXY_PORT.
  enableServiceLinks: false
  automountServiceAccountToken: false
  # The service ends within 30 s.
  terminationGracePeriodSeconds: 60
  {{- with .Values.serviceAccountName }}
  serviceAccountName: {{ . | quote }}
  {{- end }}
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . | quote }}
    {{- end }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    {{- if not (kindIs "invalid" .Values.runAs.user) }}
    runAsUser: {{ toJson .Values.runAs.user }}
    {{- end }}
    {{- if not (kindIs "invalid" .Values.runAs.group) }}
    runAsGroup: {{ toJson .Values.runAs.group }}
    {{- end }}
    {{- if not (kindIs "invalid" .Values.runAs.fsGroup) }}
    fsGroup: {{ toJson .Values.runAs.fsGroup }}
    {{- end }}
    seccompProfile:
      type: RuntimeDefault
  containers:
    - name: sync
      {{- with .Values.image }}
      image: {{ .digest | empty | ternary (printf "%s:%s" .repository (.tag | default $.Chart.AppVersion)) (printf "%s@%s" .repository .digest) | quote }}
      imagePullPolicy: {{ .pullPolicy | quote }}
      {{- end }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop:
            - ALL
      env:
        - name: OPS_HOST
          value: {{ .Values.listen | quote }}
        {{- with .Values.javaOptions }}
        - name: JAVA_OPTS
          value: {{ . | quote }}
        {{- end }}
        {{- range $key, $from := .Values.secrets }}
        - name: {{ $key | upper | replace "." "_" | replace "-" "_" | quote }}
          valueFrom:
            secretKeyRef:
              name: {{ $from.name | quote }}
              key: {{ $from.key | quote }}
        {{- end }}
      ports:
        - name: http
          containerPort: 8080
          protocol: TCP
      # Nothing listens until the database is up to date.
      startupProbe:
        httpGet:
          path: /observe/health/live
          port: http
          scheme: {{ include "sync.scheme" . }}
        periodSeconds: 5
        timeoutSeconds: 5
        failureThreshold: {{ div (add .Values.startupSeconds 4) 5 }}
      livenessProbe:
        httpGet:
          path: /observe/health/live
          port: http
          scheme: {{ include "sync.scheme" . }}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 3
      # Also red for what is outside: Salesforce, Talkdesk, the guard.
      readinessProbe:
        httpGet:
          path: /observe/health/ready
          port: http
          scheme: {{ include "sync.scheme" . }}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 3
      resources: {{ toJson .Values.resources }}
      volumeMounts:
        - name: data
          mountPath: /data
        # The file alone: routes is beside it.
        - name: settings
          mountPath: /etc/salesforce-talkdesk-sync/application.properties
          subPath: application.properties
          readOnly: true
        {{- range $index, $files := .Values.files }}
        - name: files-{{ $index }}
          mountPath: {{ $files.path | quote }}
          readOnly: true
        {{- end }}
  volumes:
    - name: settings
      configMap:
        name: {{ include "sync.name" . | quote }}
    {{- if eq .Values.database "postgresql" }}
    - name: data
      emptyDir: {}
    {{- end }}
    {{- range $index, $files := .Values.files }}
    - name: files-{{ $index }}
      {{- if $files.secret }}
      secret:
        secretName: {{ $files.secret | quote }}
        # r--r-----
        defaultMode: 288
      {{- else }}
      configMap:
        name: {{ $files.configMap | quote }}
      {{- end }}
    {{- end }}
  {{- if gt (int .Values.replicas) 1 }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "sync.selector" . | nindent 10 }}
  {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector: {{ toJson . }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations: {{ toJson . }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity: {{ toJson . }}
  {{- end }}
{{- end }}
