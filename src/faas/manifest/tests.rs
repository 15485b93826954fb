//! Files as learners write them, right and wrong.

use super::*;

const LESSON: &str = "
service: users-api
provider:
  name: aws
  runtime: nodejs20.x
  memorySize: 256 # MB of memory
  timeout: 10 # maximum execution seconds
functions:
  getUser:
    handler: index.handler # file.function
    events:
      - http:
          path: /users
          method: get
";

fn read(text: &str) -> Manifest {
    let environment = |name: &str| (name == "TOKEN").then(|| "secret".to_owned());
    Manifest::read(text, Bundle::of("index.js", ""), &environment)
}

#[test]
fn the_lessons_file_is_read_as_it_stands() {
    let manifest = read(LESSON);
    assert_eq!(manifest.problems, []);
    assert_eq!((manifest.deployment.service.as_str(), manifest.runtime.as_str()), ("users-api", "nodejs20.x"));
    let function = &manifest.deployment.functions[0];
    assert_eq!((function.name.as_str(), function.memory_mb, function.timeout_ms), ("getUser", 256, 10_000));
    let routes: Vec<String> = manifest.deployment.routes().map(|(route, _)| route.to_string()).collect();
    assert_eq!(routes, ["GET /users"]);
    let created = manifest.deployment.resources().join("\n");
    for part in ["Lambda function users-api-getUser (256 MB, 10 s)", "GET /users", "REST API", "IAM role"] {
        assert!(created.contains(part), "{part} in {created}");
    }
}

#[test]
fn a_slip_is_told_with_its_place_and_the_nearest_key() {
    for (from, to, place, said) in [
        ("memorySize: 256", "memorysize: 256", "6:3", "no key `memorysize` in `provider`; the nearest is `memorySize`"),
        ("handler: index", "handlr: index", "10:5", "no key `handlr` in `functions.getUser`; the nearest is `handler`"),
        ("handler: index.handler", "handler: index", "10:14", "no handler; it is `file.export`"),
        (
            "handler: index.handler",
            "handler: indx.handler",
            "10:14",
            "no file `indx.js` for the handler `indx.handler`; the nearest is `index`",
        ),
        ("timeout: 10", "timeout: ten", "7:12", "`provider.timeout` is text, where a number is needed"),
        ("timeout: 10", "timeout: 1000", "7:12", "may be from 1 to 900"),
        ("method: get", "method: gett", "14:19", "`gett` is no HTTP method; the nearest is `GET`"),
        (
            "      - http:",
            "      - htpp:",
            "12:9",
            "no key `htpp` in `functions.getUser.events[0]`; the nearest is `http`",
        ),
        ("nodejs20.x", "python3.12", "5:12", "runtime `python3.12` cannot run here"),
        ("service: users-api", "servce: users-api", "2:1", "the nearest is `service`"),
        ("memorySize: 256", "memorySize: ${self:custom.memory}", "6:15", "`${self:custom.memory}` is not in this file"),
        ("memorySize: 256", "memorySize: ${env:MEMORY}", "6:15", "environment variable `MEMORY` is not set"),
        (
            "events:\n      - http:\n          path: /users\n          method: get",
            "events: none",
            "11:13",
            "is text, where a list is needed",
        ),
        ("  getUser:", "  getUser: [", "", "no YAML"),
        ("  timeout: 10", "  timeout: 10\n  timeout: 12", "8:3", "no YAML that can be read: duplicate"),
        ("functions:", "\tfunctions:", "", "no YAML"),
    ] {
        let text = LESSON.replacen(from, to, 1);
        assert_ne!(text, LESSON, "{from}");
        let problems = read(&text).problems;
        let told = problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        assert!(told.contains(said) && told.contains(place), "{to}: {told}");
    }
}

#[test]
fn variables_are_resolved() {
    let text = "
service: shop
custom:
  sizes: { dev: 512, prod: 2048 }
  loop: ${self:custom.loop}
provider:
  name: aws
  runtime: nodejs22.x
  stage: prod
  memorySize: ${self:custom.sizes.${opt:stage, 'dev'}}
  environment:
    TOKEN: ${env:TOKEN}
    TABLE: ${self:service}-${sls:stage}
    OTHER: ${env:MISSING, 'fallback'}
    SECRET: ${ssm:/path}/${self:service}
    FLAG: yes
functions:
  pay:
    handler: index.pay
    environment: { TABLE: own }
";
    let manifest = read(text);
    let function = &manifest.deployment.functions[0];
    assert_eq!(function.memory_mb, 2048, "{:?}", manifest.problems);
    let expected = [
        ("TOKEN", "secret"),
        ("OTHER", "fallback"),
        ("SECRET", "${ssm:/path}/shop"),
        ("FLAG", "yes"),
        ("TABLE", "own"),
    ];
    assert_eq!(function.variables, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!(manifest.problems, []);
    let circular = read(
        &text.replace("stage: prod", "region: ${self:custom.loop}").replace("${env:TOKEN}", "${self:custom.loop}"),
    );
    assert!(circular.problems.iter().any(|it| it.message.contains("leads to itself")), "{:?}", circular.problems);
}

#[test]
fn triggers_of_all_kinds_are_read() {
    let text = "
service: thumbs
provider: { name: aws, runtime: nodejs20.x }
functions:
  thumbnail:
    handler: index.a
    events:
      - s3: { bucket: uploads, event: 's3:ObjectCreated:*', rules: [{ suffix: .jpg }, { prefix: in/ }] }
      - httpApi: 'POST /thumbs'
      - schedule: rate(5 minutes)
  notify:
    handler: index.b
    reservedConcurrency: 2
    events:
      - sqs: { arn: { 'Fn::GetAtt': [Jobs, Arn] }, batchSize: 5 }
      - sqs: !GetAtt [Other, Arn]
resources:
  Resources:
    Jobs:
      Type: AWS::SQS::Queue
      Properties:
        QueueName: jobs
        VisibilityTimeout: 60
        RedrivePolicy: { maxReceiveCount: 3, deadLetterTargetArn: !GetAtt [Dead, Arn] }
    Dead: { Type: 'AWS::SQS::Queue' }
";
    let manifest = read(text);
    assert_eq!(manifest.problems, []);
    let [thumbnail, notify] = &manifest.deployment.functions[..] else { panic!("two functions") };
    let text = |it: &str| it.to_owned();
    assert_eq!(
        thumbnail.triggers,
        [
            Trigger::Object {
                bucket: text("uploads"),
                event: text("s3:ObjectCreated:*"),
                prefix: text("in/"),
                suffix: text(".jpg")
            },
            Trigger::Http(Route { gateway: Gateway::Http, method: text("POST"), path: text("/thumbs") }),
            Trigger::Schedule { rate: text("rate(5 minutes)") },
        ]
    );
    assert_eq!(notify.triggers[0], Trigger::Queue { name: text("jobs"), batch_size: 5 });
    assert_eq!(notify.reserved_concurrency, Some(2));
    let jobs = &manifest.deployment.queues[0];
    assert_eq!(
        (jobs.visibility_timeout_s, jobs.max_receives, jobs.dead_letters.as_deref()),
        (Some(60.0), Some(3), Some("Dead"))
    );
}

#[test]
fn a_bomb_and_other_strange_files_are_refused_at_once() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for n in 1..12 {
        let line = format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 9].join(", "));
        bomb.push_str(&line);
    }
    let deep = format!("service: {}{}", "[".repeat(100_000), "]".repeat(100_000));
    let indented: Vec<String> = (0..2_000).map(|n| " ".repeat(n) + "a:").collect();
    let variables = format!("service: {}\n", "${self:service}".repeat(2_000));
    let wide: Vec<String> = (0..100_000).map(|n| format!("k{n}: 1")).collect();
    let (indented, wide) = (indented.join("\n"), wide.join("\n"));
    let long = "x".repeat(2 * 1024 * 1024);
    let braces = format!("service: {}${{self:none}}\n", "}".repeat(500_000));
    for text in [
        &bomb,
        &deep,
        &indented,
        &variables,
        &wide,
        &long,
        &braces,
        "",
        "\u{0}\u{1}",
        "- a\n- b",
        "service: &a [*a]",
        "%%%",
        "42",
    ] {
        let started = std::time::Instant::now();
        let manifest = read(text);
        assert!(!manifest.problems.is_empty(), "{}", &text[..text.len().min(40)]);
        assert!(started.elapsed().as_millis() < 2_000, "{}", &text[..text.len().min(40)]);
    }
}
