//! Which keys serverless.yml has, as far as this course goes, and what each place may hold.
//!
//! A key that the Serverless Framework knows and this platform does nothing with is listed with the others: it is no
//! mistake. What is in no list is one, and the nearest that is gets named.

use super::tree::{Node, Value};

/// What a value must be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    Text,
    /// A number, or text that is one after its variables.
    Number,
    Any,
    /// A map with these keys.
    Map(&'static [(&'static str, Shape)]),
    /// A map with keys of the author's own, each holding this.
    MapOf(&'static Shape),
    ListOf(&'static Shape),
    /// Either; the first of a fitting kind counts.
    Either(&'static [Shape]),
}

use Shape::{Any, Either, ListOf, Map, MapOf, Number, Text};

pub(super) const FILE: Shape = Map(&[
    ("service", Text),
    ("frameworkVersion", Any),
    ("configValidationMode", Text),
    ("useDotenv", Any),
    ("app", Text),
    ("org", Text),
    ("provider", PROVIDER),
    ("functions", Either(&[MapOf(&FUNCTION), ListOf(&Any)])),
    ("custom", Any),
    ("params", Any),
    ("stages", Any),
    ("build", Any),
    ("package", Any),
    ("plugins", Any),
    ("layers", Any),
    ("resources", Any),
    ("outputs", Any),
]);

const ENVIRONMENT: Shape = MapOf(&Any);

const PROVIDER: Shape = Map(&[
    ("name", Text),
    ("runtime", Text),
    ("stage", Text),
    ("region", Text),
    ("profile", Text),
    ("stackName", Text),
    ("memorySize", Number),
    ("timeout", Number),
    ("architecture", Text),
    ("environment", ENVIRONMENT),
    ("logRetentionInDays", Number),
    ("versionFunctions", Any),
    ("tracing", Any),
    ("vpc", Any),
    ("iam", Any),
    ("iamRoleStatements", Any),
    ("tags", Any),
    ("stackTags", Any),
    ("deploymentBucket", Any),
    ("deploymentMethod", Any),
    ("apiGateway", Any),
    ("apiName", Any),
    ("endpointType", Any),
    ("httpApi", Any),
    ("eventBridge", Any),
    ("logs", Any),
    ("s3", Any),
    ("layers", Any),
    ("kmsKeyArn", Any),
    ("rollbackConfiguration", Any),
    ("notificationArns", Any),
    ("runtimeManagement", Any),
]);

const FUNCTION: Shape = Map(&[
    ("handler", Text),
    ("name", Text),
    ("description", Text),
    ("runtime", Text),
    ("memorySize", Number),
    ("timeout", Number),
    ("architecture", Text),
    ("environment", ENVIRONMENT),
    ("events", ListOf(&EVENT)),
    ("reservedConcurrency", Number),
    ("provisionedConcurrency", Any),
    ("ephemeralStorageSize", Any),
    ("onError", Any),
    ("destinations", Any),
    ("maximumRetryAttempts", Number),
    ("maximumEventAge", Number),
    ("package", Any),
    ("layers", Any),
    ("role", Any),
    ("tags", Any),
    ("vpc", Any),
    ("url", Any),
    ("tracing", Any),
    ("condition", Any),
    ("dependsOn", Any),
    ("fileSystemConfig", Any),
    ("image", Any),
    ("kmsKeyArn", Any),
    ("logs", Any),
    ("logRetentionInDays", Any),
    ("snapStart", Any),
    ("runtimeManagement", Any),
    ("disableLogs", Any),
    ("awsKmsKeyArn", Any),
    ("versionFunction", Any),
]);

const EVENT: Shape = Either(&[
    Map(&[
        ("http", Either(&[Text, Map(HTTP)])),
        ("httpApi", Either(&[Text, Map(HTTP_API)])),
        ("schedule", Either(&[Text, Map(SCHEDULE)])),
        ("s3", Either(&[Text, Map(S3)])),
        // A list is what is left of `!GetAtt [Queue, Arn]`.
        ("sqs", Either(&[Text, Map(SQS), ListOf(&Text)])),
        ("sns", Any),
        ("stream", Any),
        ("eventBridge", Any),
        ("websocket", Any),
        ("alb", Any),
        ("iot", Any),
        ("cloudwatchEvent", Any),
        ("cloudwatchLog", Any),
        ("cognitoUserPool", Any),
        ("cloudFront", Any),
        ("msk", Any),
        ("kafka", Any),
        ("activemq", Any),
        ("rabbitmq", Any),
        ("alexaSkill", Any),
    ]),
    // `- sns` alone stands for an event without settings.
    Text,
]);

const HTTP: &[(&str, Shape)] = &[
    ("path", Text),
    ("method", Text),
    ("cors", Any),
    ("private", Any),
    ("authorizer", Any),
    ("async", Any),
    ("request", Any),
    ("response", Any),
    ("integration", Any),
    ("scopes", Any),
    ("connectionType", Any),
    ("connectionId", Any),
    ("operationId", Any),
    ("timeoutInMillis", Any),
    ("transferMode", Any),
];
const HTTP_API: &[(&str, Shape)] =
    &[("path", Text), ("method", Text), ("authorizer", Any), ("timeout", Number), ("operationId", Any)];
const SCHEDULE: &[(&str, Shape)] = &[
    ("rate", Either(&[Text, ListOf(&Text)])),
    ("enabled", Any),
    ("input", Any),
    ("inputPath", Any),
    ("inputTransformer", Any),
    ("name", Text),
    ("description", Text),
    ("method", Any),
    ("timezone", Any),
    ("groupName", Any),
];
const S3: &[(&str, Shape)] =
    &[("bucket", Text), ("event", Text), ("rules", ListOf(&RULE)), ("existing", Any), ("forceDeploy", Any)];
const RULE: Shape = Map(&[("prefix", Text), ("suffix", Text)]);
const SQS: &[(&str, Shape)] = &[
    ("arn", Any),
    ("Fn::GetAtt", Any),
    ("batchSize", Number),
    ("maximumBatchingWindow", Number),
    ("enabled", Any),
    ("functionResponseType", Text),
    ("filterPatterns", Any),
    ("maximumConcurrency", Number),
];

impl Shape {
    /// What is asked for, in words.
    pub(super) fn wanted(self) -> &'static str {
        match self {
            Text => "text",
            Number => "a number",
            Any => "anything",
            Map(_) | MapOf(_) => "a map",
            ListOf(_) => "a list",
            Either(shapes) => match shapes.first() {
                Some(first) => first.wanted(),
                None => "nothing",
            },
        }
    }

    /// Whether `node` is of this kind, whatever stands inside it.
    pub(super) fn fits(self, node: &Node) -> bool {
        match (self, &node.value) {
            (Any, _) => true,
            (Either(shapes), _) => shapes.iter().any(|shape| shape.fits(node)),
            (Text, Value::Text(_) | Value::Number(_) | Value::Bool(_)) => true,
            (Number, Value::Number(_)) => true,
            (Number, Value::Text(text)) => text.contains("${") || text.trim().parse::<f64>().is_ok(),
            (Map(_) | MapOf(_), Value::Map(_)) => true,
            // A whole section may come from elsewhere: `environment: ${file(env.yml)}`.
            (Map(_) | MapOf(_) | ListOf(_), Value::Text(text)) => text.starts_with("${"),
            (ListOf(_), Value::List(_)) => true,
            _ => false,
        }
    }
}
