"""Every word that a person reads, in English and Japanese, and the one error that carries such words.

Standard library only: the bottom of the import graph, so that a decoder far below the browser can refuse a
picture in the visitor's language.
"""

from collections.abc import Mapping

LANGUAGES = ("en", "ja")

TEXT: dict[str, tuple[str, str]] = {
    # --- images: the decoder -------------------------------------------------------------------------------
    "image.empty": (
        "The file is empty. Choose a picture that has been saved or downloaded completely.",
        "ファイルが空です。保存やダウンロードが完了した画像を選んでください。",
    ),
    "image.missing": (
        "There is no picture file at {path}. Check the name and the folder.",
        "画像ファイル {path} が見つかりません。ファイル名と場所を確認してください。",
    ),
    "image.folder": (
        "{path} is a folder. Name a picture file inside it.",
        "{path} はフォルダーです。その中の画像ファイルを指定してください。",
    ),
    "image.forbidden": (
        "{path} may not be read. Change its permissions or copy it somewhere you can read.",
        "{path} を読む権限がありません。アクセス権を変更するか、読める場所にコピーしてください。",
    ),
    "image.unknown": (
        "This file is not a picture that can be opened. Use PNG, JPEG, WebP, GIF, BMP or TIFF.",
        "このファイルは画像として開けません。PNG、JPEG、WebP、GIF、BMP、TIFF のいずれかを使ってください。",
    ),
    "image.document": (
        "{kind} files are not accepted. Save the picture as PNG or JPEG first.",
        "{kind} ファイルは使えません。PNG か JPEG で保存し直してください。",
    ),
    "image.damaged": (
        "The picture is damaged or incomplete. Open it in another program, save it again, and try that copy.",
        "画像が壊れているか、途中で切れています。別のソフトで開いて保存し直したものを使ってください。",
    ),
    "image.too_heavy": (
        "The file is larger than {limit} MB. Save the picture smaller or as JPEG.",
        "ファイルが {limit} MB を超えています。画像を縮小するか、JPEG で保存してください。",
    ),
    "image.too_many_pixels": (
        "The picture has more than {limit} million pixels. Make it smaller first.",
        "画像が {limit} 百万画素を超えています。先に縮小してください。",
    ),
    "image.too_long": (
        "The picture is {width} x {height} pixels; no side may be longer than {limit}. Make it smaller first.",
        "画像の大きさが {width} x {height} 画素あります。一辺は {limit} 画素までです。先に縮小してください。",
    ),
    # --- drawing and sketch --------------------------------------------------------------------------------
    "drawing.not_a_drawing": (
        "This is no saved drawing. Choose a .json file that was saved here.",
        "保存された描画ではありません。ここで保存した .json ファイルを選んでください。",
    ),
    "drawing.too_many_strokes": (
        "The drawing has too many strokes; at most {most:,} can be opened.",
        "線の数が多すぎます。開けるのは {most:,} 本までです。",
    ),
    "drawing.too_many_points": (
        "The drawing has too many points; at most {most:,} can be opened.",
        "点の数が多すぎます。開けるのは {most:,} 個までです。",
    ),
    "drawing.bad_stroke": (
        "Stroke {number} of the drawing is damaged; the drawing cannot be opened.",
        "{number} 本目の線が壊れているため、描画を開けません。",
    ),
    "drawing.bad_number": (
        "Stroke {number} of the drawing has a point that lies far outside or is no number.",
        "{number} 本目の線に、範囲の外の点か、数ではない値があります。",
    ),
    "drawing.bad_width": (
        "Stroke {number} of the drawing has a width outside {least} to {most} pixels.",
        "{number} 本目の線の太さが {least}～{most} ピクセルの範囲にありません。",
    ),
    "drawing.empty": (
        "There is nothing drawn yet. Begin with an oval for the face.",
        "まだ何も描かれていません。顔の輪郭から始めましょう。",
    ),
    "drawing.inverted": (
        "Light lines on a dark ground: the model knows dark lines on white paper.",
        "暗い地に明るい線です。モデルが知っているのは白い紙に黒い線の絵です。",
    ),
    "drawing.too_little_ink": (
        "Very few lines so far ({percent} % ink). Add eyes, a mouth or hair.",
        "線がとても少ないです (インク {percent} %)。目や口、髪を足してみましょう。",
    ),
    "drawing.too_much_ink": (
        "Much of the paper is dark ({percent} % ink). Draw lines rather than filled areas.",
        "紙の多くが黒く塗られています (インク {percent} %)。塗らずに線で描いてみましょう。",
    ),
    "drawing.too_thick": (
        "The strokes are thick ({pixels} pixels). A thinner brush shows more of the face.",
        "線が太いです ({pixels} ピクセル)。細いブラシのほうが顔がよく出ます。",
    ),
    "drawing.too_thin": (
        "The strokes are very thin or faint ({pixels} pixels). A thicker brush is seen better.",
        "線がとても細いか薄いです ({pixels} ピクセル)。太いブラシのほうがよく伝わります。",
    ),
    "drawing.too_small": (
        "The face is small: {percent} % of the canvas. Draw it so that it fills most of it.",
        "顔が小さいです (キャンバスの {percent} %)。もっと大きく描いてみましょう。",
    ),
    "drawing.off_centre": (
        "The face is far from the middle of the canvas.",
        "顔がキャンバスの中央から離れています。",
    ),
    "example.simple": ("An oval, two dots, a curve", "まる・てん・てん・くち"),
    "example.smiley": ("Smiley", "スマイル"),
    "example.child": ("A child's drawing", "子どもの絵"),
    "example.unfinished": ("Half finished", "描きかけ"),
    "example.marker": ("Thick marker", "太いペン"),
    "example.bob": ("Bob cut", "おかっぱ"),
    "example.long_hair": ("Long hair", "長い髪"),
    "example.glasses": ("Glasses", "眼鏡"),
    "example.beard": ("Beard", "ひげ"),
    "example.dark_hair": ("Dark hair", "黒い髪"),
    "example.bald": ("Bald", "スキンヘッド"),
    "example.turned": ("Turned aside", "ななめ向き"),
    "example.hat": ("Hat", "帽子"),
    "example.portrait_woman": ("Portrait of a woman", "女性の肖像"),
    "example.portrait_man": ("Portrait of a man", "男性の肖像"),
    # --- data, runs, training ------------------------------------------------------------------------------
    "config.unknown": (
        "There is no setting called {names}. The settings are: {known}.",
        "{names} という設定はありません。使える設定: {known}。",
    ),
    "config.type": (
        "{name} is {value}, but must be of type {kind}.",
        "{name} が {value} ですが、{kind} 型でなければなりません。",
    ),
    "config.choice": (
        "{name} is {value}; choose one of {choices}.",
        "{name} が {value} です。{choices} のどれかを選んでください。",
    ),
    "config.bounds": (
        "{name} is {value}; it must be between {low} and {high}.",
        "{name} が {value} です。{low} から {high} までの値にしてください。",
    ),
    "data.no_folder": (
        "There is no folder {folder}. Give the folder that holds the pictures.",
        "フォルダー {folder} がありません。画像の入ったフォルダーを指定してください。",
    ),
    "data.empty": (
        "{folder} has no pictures. Expected PNG, JPEG, WebP, BMP, GIF or TIFF files, or source/ and target/.",
        "{folder} に画像がありません。PNG、JPEG、WebP、BMP、GIF、TIFF か、source/ と target/ を置いてください。",
    ),
    "data.unmatched": (
        "{count} files have no partner of the same name in source/ and target/: {names}. Rename or remove them.",
        "source/ と target/ に同じ名前の相手がないファイルが {count} 個あります: {names}。"
        "名前を直すか取り除いてください。",
    ),
    "data.unreadable": (
        "{bad} of {count} pictures cannot be used, which is too many to skip: {listed}. Repair or remove them.",
        "{count} 枚のうち {bad} 枚が使えません。飛ばすには多すぎます: {listed}。直すか取り除いてください。",
    ),
    "data.hold_out": (
        "The list of pictures {file} cannot be read: {reason}.",
        "画像の一覧 {file} を読めません: {reason}。",
    ),
    "data.fold": (
        "fold is {fold}, but there are {folds} folds, counted from 0. Lower --fold or raise --folds.",
        "fold が {fold} ですが、分割数は {folds} で、0 から数えます。--fold を下げるか --folds を上げてください。",
    ),
    "data.all_held": (
        "All {count} pictures are held back and none is left to train on. Use more folds or a shorter list.",
        "{count} 枚すべてが学習から外され、学習する画像が残りません。分割数を増やすか、一覧を短くしてください。",
    ),
    "run.absent": (
        "{folder} is no run: it has no config.json. Start one with: train pix2pix --data DIR --run {folder}",
        "{folder} は学習フォルダーではありません (config.json がありません)。"
        "train pix2pix --data DIR --run {folder} で始めてください。",
    ),
    "run.damaged_config": (
        "{file} cannot be read ({reason}). Restore it, or start a new run.",
        "{file} を読めません ({reason})。元に戻すか、新しく学習を始めてください。",
    ),
    "run.unwritable": (
        "{folder} cannot be written: {reason}. Choose another place for the run.",
        "{folder} に書き込めません: {reason}。別の場所を選んでください。",
    ),
    "run.busy": (
        "{folder} is being trained by another process. Stop that one first, or use another name.",
        "{folder} は別のプロセスが学習中です。先にそれを止めるか、別の名前にしてください。",
    ),
    "run.differs": (
        "{folder} exists with other settings: {differences}. Resume it with: train {folder}, or use another name.",
        "{folder} は別の設定で存在します: {differences}。train {folder} で再開するか、別の名前にしてください。",
    ),
    "run.recipe": (
        "This version has no recipe {recipe}; it has {known}.",
        "この版に {recipe} というレシピはありません。使えるもの: {known}。",
    ),
    "run.fixed": (
        "{names} cannot change in a run that has begun. Start a new run; --start-from can take this one's weights.",
        "{names} は始まった学習では変えられません。新しい学習を始めてください。--start-from で重みを引き継げます。",
    ),
    "run.other_schema": (
        "The checkpoint {checkpoint} was written by another version (schema {found}; this one reads {known}). "
        "Resume with that version, or start a new run.",
        "チェックポイント {checkpoint} は別の版で作られています (スキーマ {found}、この版は {known})。"
        "その版で再開するか、新しく学習を始めてください。",
    ),
    "run.all_damaged": (
        "No checkpoint of {folder} can be read: {reasons}. Restore one, or start a new run.",
        "{folder} のチェックポイントがどれも読めません: {reasons}。元に戻すか、新しく学習を始めてください。",
    ),
    "run.not_saved": (
        "The state at {images} images could not be saved: {reason}. Free some space, then resume: train {folder}",
        "{images} 枚の時点を保存できませんでした: {reason}。空きを作ってから train {folder} で再開してください。",
    ),
    "run.other_networks": (
        "The checkpoint belongs to other networks: {reason}",
        "チェックポイントが別のネットワークのものです: {reason}",
    ),
    "train.size": (
        "size is {size}; this generator needs a multiple of {multiple}. Change --size or --depth.",
        "size が {size} ですが、この生成器には {multiple} の倍数が必要です。--size か --depth を変えてください。",
    ),
    "train.too_small": (
        "size is {size}; the discriminator needs at least {smallest}. Raise --size or lower --patch.",
        "size が {size} ですが、識別器には {smallest} 以上が必要です。--size を上げるか --patch を下げてください。",
    ),
    "train.batch": (
        "A batch of {batch} does not divide among {processes} processes. Make --batch a multiple.",
        "バッチ {batch} は {processes} プロセスに等分できません。--batch を倍数にしてください。",
    ),
    "train.memory": (
        "Out of memory at batch {batch} and size {size}. Resume with a smaller --batch in a new run, or lower --size.",
        "バッチ {batch}、サイズ {size} でメモリーが足りません。--batch か --size を小さくして新しく始めてください。",
    ),
    "train.no_run": (
        "Name the run's folder: train {recipe} --data DIR --run runs/NAME",
        "学習フォルダーを指定してください: train {recipe} --data DIR --run runs/NAME",
    ),
    "train.no_data": (
        "Name the folder of the pictures: train {recipe} --data DIR --run runs/NAME",
        "画像のフォルダーを指定してください: train {recipe} --data DIR --run runs/NAME",
    ),
    "evaluate.none": (
        "{folder} has none of the pictures named in {file}. Check the list, or leave it out to use all.",
        "{folder} に {file} の画像が一枚もありません。一覧を確かめるか、省いて全部を使ってください。",
    ),
    "translate.same_name": (
        "{first} and {second} would be written to the same file. Rename one, or translate them apart.",
        "{first} と {second} の結果が同じファイル名になります。名前を変えるか、別々に変換してください。",
    ),
    "translate.onto_itself": (
        "The result would replace the picture {picture} that was given. Choose another --out.",
        "結果が元の画像 {picture} を上書きしてしまいます。別の --out を選んでください。",
    ),
    "translate.output": (
        "{folder} cannot be written: {reason}. Choose another --out.",
        "{folder} に書き込めません: {reason}。別の --out を選んでください。",
    ),
    "translate.out_is_file": (
        "{folder} is a file, not a folder. Choose another --out.",
        "{folder} はフォルダーではなくファイルです。別の --out を選んでください。",
    ),
    # --- models and the engine -----------------------------------------------------------------------------
    "model.unknown": (
        "There is no model {source}. Known names: {known}. A folder with config.json or a Hub id works too.",
        "モデル {source} がありません。使える名前: {known}。config.json のあるフォルダーや Hub の ID も使えます。",
    ),
    "model.no_config": (
        "{folder} is no model: it has no config.json. A run's model lies in its model/ folder.",
        "{folder} はモデルではありません (config.json がありません)。学習したモデルは model/ の中にあります。",
    ),
    "model.damaged_config": (
        "{file} cannot be read ({reason}). Publish the model again or fetch it anew.",
        "{file} を読めません ({reason})。モデルを作り直すか、取得し直してください。",
    ),
    "model.other_format": (
        "{file} describes a model this version does not know ({recipe}, {format}). Update ganstudio.",
        "{file} はこの版の知らないモデルです ({recipe}, {format})。ganstudio を更新してください。",
    ),
    "model.no_safetensors": (
        "{file} is no valid safetensors file ({reason}). Other weight formats are not loaded.",
        "{file} は正しい safetensors ファイルではありません ({reason})。ほかの形式の重みは読み込みません。",
    ),
    "model.not_finite": (
        "{file} holds values that are no numbers. Publish an earlier checkpoint, or fetch it anew.",
        "{file} に数でない値が含まれています。以前のチェックポイントから作り直すか、取得し直してください。",
    ),
    "model.incomplete": (
        "{file} does not name {networks}, which a model of {recipe} needs. Publish it again or fetch it anew.",
        "{file} に {recipe} のモデルに必要な {networks} がありません。作り直すか、取得し直してください。",
    ),
    "model.too_large": (
        "{file} is too large for the weights of such a model.",
        "{file} はこの種のモデルの重みとしては大きすぎます。",
    ),
    "model.mismatch": (
        "{file} does not fit the network of its config.json: {differences}.",
        "{file} が config.json のネットワークと合いません: {differences}。",
    ),
    "model.hub_absent": (
        "The Hub has no public model {source}. Check the name, or sign in if it is private.",
        "Hub に公開モデル {source} がありません。名前を確かめるか、非公開ならサインインしてください。",
    ),
    "model.gated": (
        "{source} needs its owner's consent. Ask for access on its Hub page, then sign in here.",
        "{source} には作者の許可が必要です。Hub のページで申請し、サインインしてください。",
    ),
    "model.hub_revision": (
        "{source} has no revision {revision}. Check the name after the @.",
        "{source} にリビジョン {revision} はありません。@ の後の名前を確かめてください。",
    ),
    "model.hub_unreachable": (
        "The Hub cannot be reached, and {source} is not in the cache. Check the network; local models work.",
        "Hub につながらず、{source} はキャッシュにもありません。通信を確かめてください。手元のモデルは使えます。",
    ),
    "bench.no_app": (
        "The app did not answer. Start it by hand to see why: {command}",
        "アプリが応答しません。手動で起動して原因を確かめてください: {command}",
    ),
    "bench.no_picture": (
        "The app sent no picture back: {answer}",
        "アプリから画像が返りませんでした: {answer}",
    ),
    "bench.no_browser": (
        "The browser is measured with playwright, which make test installs. Run: make test",
        "ブラウザーの計測には playwright が要ります。make test が入れます。",
    ),
    # --- the app -------------------------------------------------------------------------------------------
    "app.tagline": (
        "Draw a face; a photograph of it follows your pen.",
        "顔を描くと、ペンの動きに合わせて写真が変わります。",
    ),
    "app.language": ("Language", "言語"),
    "app.tab_sketch": ("Sketch to face", "スケッチから顔へ"),
    "app.start": ("Start from", "描き始め"),
    "app.blank": ("Blank sheet", "白紙"),
    "app.open": ("Open a picture", "画像を開く"),
    "app.open_hint": (
        "A photo becomes a line drawing; a PNG or a drawing saved here comes back as it was. You can "
        "also drop files on the sheet.",
        "写真は線画に変わり、ここで保存した PNG や線画は元どおりに開きます。用紙へのドラッグ＆ドロップもできます。",
    ),
    "app.opening": ("Opening…", "開いています…"),
    "app.upload_failed": (
        "The file did not arrive: it is larger than 32 MB, or the connection broke. Try a smaller one.",
        "ファイルを受け取れませんでした。32 MB を超えているか、接続が切れています。小さいファイルで試してください。",
    ),
    "app.import_as": ("This picture is a", "この画像は"),
    "app.import_photo": ("photo", "写真"),
    "app.import_drawing": ("drawing", "線画"),
    "app.detail": ("Detail", "細かさ"),
    "app.close": ("Close", "閉じる"),
    "app.tools": ("Drawing tools", "描画ツール"),
    "app.pen": ("Pen (B)", "ペン (B)"),
    "app.eraser": ("Eraser (E)", "消しゴム (E)"),
    "app.brush_size": ("Line width ([ and ])", "線の太さ ([ と ])"),
    "app.undo": ("Undo (Ctrl+Z)", "元に戻す (Ctrl+Z)"),
    "app.redo": ("Redo (Ctrl+Shift+Z)", "やり直す (Ctrl+Shift+Z)"),
    "app.clear": ("Clear the sheet", "すべて消す"),
    "app.mirror": ("Mirror left and right (M)", "左右対称 (M)"),
    "app.smooth": ("Smooth the line", "手ぶれ補正"),
    "app.save_drawing": ("Save the drawing itself, to go on later", "線画そのものを保存 (あとで続きを描けます)"),
    "app.canvas": ("Sheet to draw on", "描画用紙"),
    "app.invite": (
        "Draw a face here: an oval, two eyes, a mouth.",
        "ここに顔を描いてください。輪郭、目、口から。",
    ),
    "app.face": ("Photograph made from the drawing", "線画から作られた写真"),
    "app.face_here": ("Its photograph appears here.", "ここに写真が現れます。"),
    "app.make": ("Make the face", "顔を作る"),
    "app.live": ("Follow the pen", "ペンに追従"),
    "app.steady": ("No noise", "ノイズなし"),
    "app.seed": ("Seed", "シード"),
    "app.model": ("Model", "モデル"),
    "app.compare": ("Before / after", "前後を比較"),
    "app.download": ("Download PNG", "PNG を保存"),
    "app.download_hint": (
        "The PNG remembers the drawing, the model and the seed. Drop it on the sheet to go on from there.",
        "線画・モデル・シードが PNG に記録されます。用紙にドロップすると続きから始められます。",
    ),
    "app.drawing_fine": (
        "Size and lines are fine.",
        "大きさも線の太さもちょうどよい具合です。",
    ),
    "app.normalise": ("Normalise", "整える"),
    "app.normalise_hint": (
        "Centres the drawing and gives it the size and line width the model learned from. Undo brings it back.",
        "線画を中央に寄せ、大きさと線の太さを学習時に合わせます。元に戻せます。",
    ),
    "app.outdated": ("Not up to date", "更新前の写真"),
    "app.rate": ("{rate} a second", "毎秒 {rate} 枚"),
    "app.waking": ("Loading the model…", "モデルを読み込んでいます…"),
    "app.variations": ("Variations", "バリエーション"),
    "app.variations_hint": (
        "The same drawing with other noise. Choose one to keep its seed.",
        "同じ線画に別のノイズを加えます。選ぶとそのシードを使います。",
    ),
    "app.variations_make": ("Make variations", "バリエーションを作る"),
    "app.variations_done": ("{done} of {count}", "{count} 枚中 {done} 枚"),
    "app.how_many": ("How many", "枚数"),
    "app.take_seed": ("Use seed {seed}", "シード {seed} を使う"),
    "app.draw_first": ("Draw something first.", "先に何か描いてください。"),
    "app.how": ("How it works", "しくみ"),
    "app.how_generator": ("The generator", "生成器"),
    "app.how_generator_text": (
        "A network shaped like a U reads your drawing at ever coarser scales, down to a few points "
        "that know the whole face, and then paints its way back up to {size} × {size} pixels. At every scale "
        "a direct connection hands the lines across, so an eye stays where you drew it. It "
        "learned by guessing the photograph of a drawing, again and again, and being told how far "
        "off it was.",
        "U 字型のネットワークが線画をだんだん粗く読み取り、顔全体を表すわずかな点まで縮めてから、{size} × {size} 画素"
        "の写真へ描き戻します。各段階で線の情報を直接渡すので、目は描いた場所に残ります。線画と写真の組を"
        "何度も見せ、写真を当てられるように学習させました。",
    ),
    "app.how_critic": ("The critic", "識別器 (PatchGAN)"),
    "app.how_critic_text": (
        "A second network is shown the drawing together with either the real photograph or the painted "
        "one, and has to tell which. It never sees the whole picture at once: each of its verdicts looks "
        "at one square of {patch} × {patch} pixels. So it judges skin, hair and edges, not who the "
        "person is, and the generator cannot get away with a blur.",
        "もう一つのネットワークは、線画と一緒に本物か生成された写真を見て、どちらかを見分けます。全体を一"
        "度に見るのではなく、判定ひとつごとに {patch} × {patch} 画素の正方形だけを見ます。人物ではなく肌"
        "や髪や輪郭の質感を審査するため、生成器はぼかしてごまかすことができません。",
    ),
    "app.how_patch": (
        "One verdict of the critic sees this square of {patch} × {patch} pixels. Move it over the face.",
        "識別器の一つの判定が見る範囲 ({patch} × {patch} 画素)。顔の上で動かせます。",
    ),
    "app.how_losses": ("Two losses", "二つの損失"),
    "app.how_adversarial": (
        "The two play against each other. The critic D raises the first formula by telling real pairs of "
        "drawing x and photograph y from painted ones; the generator G lowers it by fooling the critic.",
        "二つのネットワークは競い合います。識別器 D は線画 x と写真 y の本物の組を見分けて次の式を大きく"
        "し、生成器 G は D をだまして小さくします。",
    ),
    "app.how_l1": (
        "Fooling the critic alone would give any convincing face. The second loss asks for this one: the "
        "mean difference from the true photograph, pixel by pixel.",
        "だますだけなら、どんな顔でもよいことになります。第二の損失は、正しい写真との画素ごとの差の平均を"
        "測り、描いた顔に近づけます。",
    ),
    "app.how_sum": (
        "Training looks for the generator that does best on both; λ weighs them.",
        "学習では両方を合わせて最もよい生成器を探します。λ はその重みです。",
    ),
    "app.how_noise": (
        "The noise z is dropout: parts of the network are switched off at random, here too and not only "
        "in training. A seed repeats the same choice, so the same seed gives the same face.",
        "ノイズ z はドロップアウトです。学習時だけでなくここでも、ネットワークの一部を無作為に休ませます"
        "。シードが同じなら選び方も同じで、同じ顔になります。",
    ),
    "app.how_paper": (
        "Isola, Zhu, Zhou, Efros: Image-to-Image Translation with Conditional Adversarial Networks, 2017.",
        "Isola, Zhu, Zhou, Efros: Image-to-Image Translation with Conditional Adversarial Networks, 2017.",
    ),
    "app.error": ("That did not work", "処理できませんでした"),
    "app.no_answer": (
        "The server did not answer. Try again when the connection is back.",
        "サーバーから応答がありません。接続が戻ってからもう一度試してください。",
    ),
    "app.busy": (
        "Too many visitors are waiting. Try again in a moment.",
        "利用者が多すぎます。少し待ってからもう一度試してください。",
    ),
    "app.unknown_model": (
        "There is no such model here. Choose one of: {known}.",
        "そのモデルはありません。次から選んでください: {known}",
    ),
    "app.no_picture": ("Send a picture.", "画像を送ってください。"),
    "app.not_uploaded": (
        "Only pictures that were uploaded here can be used.",
        "ここにアップロードした画像だけが使えます。",
    ),
    "app.bad_seed": (
        "A seed is a whole number from 0 to {limit}.",
        "シードは 0 から {limit} までの整数です。",
    ),
    "app.bad_request": (
        "The canvas sends a small PNG of 256 x 256 pixels; this was something else. Reload the page.",
        "キャンバスからは 256 x 256 画素の小さな PNG だけを受け付けます。ページを再読み込みしてください。",
    ),
    "app.sheet_too_heavy": (
        "The drawing takes more than {limit} KB as a picture. Clear the sheet and start again.",
        "線画の画像が {limit} KB を超えています。用紙を消してやり直してください。",
    ),
    "app.bad_drawing": (
        "This file is not a drawing that was saved here.",
        "ここで保存した線画ファイルではありません。",
    ),
    "app.drawing_too_heavy": (
        "The drawing's file is larger than {limit} MB.",
        "線画ファイルが {limit} MB を超えています。",
    ),
}


def say(key: str, language: str = "en", **details: object) -> str:
    """The words behind `key` in `language` ("en" or "ja"; any other gives English), with `details` filled in."""
    return _fill(key, language, details)


def _fill(key: str, language: str, details: Mapping[str, object]) -> str:
    return TEXT[key][1 if language.startswith("ja") else 0].format_map(details)


class Refused(ValueError):
    """Something a person gave us cannot be used; says what, and what to do about it, in their language."""

    def __init__(self, key: str, **details: object) -> None:
        super().__init__(_fill(key, "en", details))
        self.key = key
        self.details = details

    def say(self, language: str) -> str:
        return _fill(self.key, language, self.details)
